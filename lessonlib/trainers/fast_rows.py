"""The small loops that the fast engine is made of, compiled by Numba: each works on rows of float32 tables.

Where a block of rows meets another, two rows by four are combined at a time, so that each number read is used several
times. The compiler turns the innermost loops into vector instructions: `fastmath`
lets it change the order of sums, and NumPy's error model spares the checks for division by zero that would stop it.
Rows of a block may be wider than those of the tables, filled with zeros up to a multiple of 8: no vector is left over.
"""

from __future__ import annotations

import math

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

compiled = njit(nogil=True, fastmath=True, error_model="numpy", cache=True)
f32 = np.float32


@compiled
def sigmoids(p):
    """p[j] becomes σ(p[j]) to float32 accuracy, with no call and no branch: exp(-|x|) is a short series, squared."""
    for j in range(len(p)):
        x = min(max(p[j], f32(-30)), f32(30))
        y = -abs(x) * f32(1 / 16)
        e = f32(1 / 720) + y * (f32(1 / 5040) + y * f32(1 / 40320))
        e = f32(1 / 6) + y * (f32(1 / 24) + y * (f32(1 / 120) + y * e))
        e = f32(1) + y * (f32(1) + y * (f32(1 / 2) + y * e))
        e *= e
        e *= e
        e *= e
        e *= e
        p[j] = (f32(1) if x >= 0 else e) / (f32(1) + e)


@compiled
def pull(q, rate):
    """Scores of true pairs become rate * (1 - σ). Returns the sum of -log σ. A score of 100 counts for nothing."""
    sigmoids(q)
    loss = minus_logs(q)
    for j in range(len(q)):
        q[j] = rate * (f32(1) - q[j])
    return loss


@compiled
def push(p, rate):
    """Scores of negatives become -rate * σ. Returns the sum of -log(1 - σ). A score of -100 counts for nothing."""
    for j in range(len(p)):
        p[j] = -p[j]
    sigmoids(p)  # σ(-x) = 1 - σ(x), without the loss of digits
    loss = minus_logs(p)
    for j in range(len(p)):
        p[j] = rate * (p[j] - f32(1))
    return loss


@compiled
def minus_logs(p):
    """Sum of -log p[j]; len(p) a multiple of 8. Few logarithms: a float64 holds the product of many factors."""
    loss, product = 0.0, 1.0
    for j in range(0, len(p), 8):
        left = np.float64(p[j]) * p[j + 1] * p[j + 2] * p[j + 3]
        right = np.float64(p[j + 4]) * p[j + 5] * p[j + 6] * p[j + 7]
        product *= left * right  # each factor is above 9e-14, eight of them above 1e-105
        if product < 1e-150:
            loss -= math.log(product)
            product = 1.0
    return loss - math.log(product)


@compiled
def dot(X, i, Z, j):
    """X[i] · Z[j]."""
    s = f32(0)
    for q in range(X.shape[1]):
        s += X[i, q] * Z[j, q]
    return s


@compiled
def scores(X, i, n, Z, at, m, P):
    """P[r, s] = X[i + r] · Z[at + s] for r < n and s < m; n even, m a multiple of 4."""
    for r in range(0, n, 2):
        a, b = i + r, i + r + 1
        for s in range(0, m, 4):
            j = at + s
            f0, f1, f2, f3 = f32(0), f32(0), f32(0), f32(0)
            g0, g1, g2, g3 = f32(0), f32(0), f32(0), f32(0)
            for q in range(X.shape[1]):
                x, y = X[a, q], X[b, q]
                z0, z1, z2, z3 = Z[j, q], Z[j + 1, q], Z[j + 2, q], Z[j + 3, q]
                f0 += x * z0
                f1 += x * z1
                f2 += x * z2
                f3 += x * z3
                g0 += y * z0
                g1 += y * z1
                g2 += y * z2
                g3 += y * z3
            P[r, s], P[r, s + 1], P[r, s + 2], P[r, s + 3] = f0, f1, f2, f3
            P[r + 1, s], P[r + 1, s + 1], P[r + 1, s + 2], P[r + 1, s + 3] = g0, g1, g2, g3


@compiled
def combine(P, n, Z, at, m, D, i):
    """D[i + r] += sum over s < m of P[r, s] * Z[at + s] for r < n; n even, m a multiple of 4."""
    for r in range(0, n, 2):
        a, b = i + r, i + r + 1
        for s in range(0, m, 4):
            j = at + s
            f0, f1, f2, f3 = P[r, s], P[r, s + 1], P[r, s + 2], P[r, s + 3]
            g0, g1, g2, g3 = P[r + 1, s], P[r + 1, s + 1], P[r + 1, s + 2], P[r + 1, s + 3]
            for q in range(Z.shape[1]):
                z0, z1, z2, z3 = Z[j, q], Z[j + 1, q], Z[j + 2, q], Z[j + 3, q]
                D[a, q] += f0 * z0 + f1 * z1 + f2 * z2 + f3 * z3
                D[b, q] += g0 * z0 + g1 * z1 + g2 * z2 + g3 * z3


@compiled
def spread(P, n, X, i, D, at, m):
    """D[at + s] += sum over r < n of P[r, s] * X[i + r] for s < m; n a multiple of 4, m even."""
    for r in range(0, n, 4):
        a = i + r
        for s in range(0, m, 2):
            j = at + s
            f0, f1, f2, f3 = P[r, s], P[r + 1, s], P[r + 2, s], P[r + 3, s]
            g0, g1, g2, g3 = P[r, s + 1], P[r + 1, s + 1], P[r + 2, s + 1], P[r + 3, s + 1]
            for q in range(X.shape[1]):
                x0, x1, x2, x3 = X[a, q], X[a + 1, q], X[a + 2, q], X[a + 3, q]
                D[j, q] += f0 * x0 + f1 * x1 + f2 * x2 + f3 * x3
                D[j + 1, q] += g0 * x0 + g1 * x1 + g2 * x2 + g3 * x3


@compiled
def mean_of_rows(W, rows, a, e, X, i):
    """X[i] = mean of W[rows[r]] for a <= r < e."""
    copy(X, i, W, rows[a])
    if e > a + 1:
        for r in range(a + 1, e):
            add(X, i, W, rows[r])
        times(X, i, f32(1) / f32(e - a))


@compiled
def add_times(D, i, g, S, j):
    """D[i] += g * S[j]."""
    for q in range(min(D.shape[1], S.shape[1])):
        D[i, q] += g * S[j, q]


@compiled
def add(D, i, S, j):
    """D[i] += S[j]."""
    for q in range(min(D.shape[1], S.shape[1])):
        D[i, q] += S[j, q]


@compiled
def copy(D, i, S, j):
    """D[i] = S[j]."""
    for q in range(min(D.shape[1], S.shape[1])):
        D[i, q] = S[j, q]


@compiled
def times(X, i, g):
    """X[i] *= g."""
    for q in range(X.shape[1]):
        X[i, q] *= g


@compiled
def gather(A, rows, D):
    """D[j] = A[rows[j]]."""
    for j in range(len(rows)):
        copy(D, j, A, rows[j])


@compiled
def scatter(D, A, rows):
    """A[rows[j]] += D[j], one after the other."""
    for j in range(len(rows)):
        add(A, rows[j], D, j)


@compiled
def ask_for(A, rows):
    """Ask memory for A[rows[j]], which will be needed soon, without waiting for it. Changes nothing but the time."""
    for j in range(len(rows)):
        row = np.int64(A.ctypes.data) + rows[j] * A.strides[0]
        for byte in range(0, A.strides[0] + 63, 64):
            prefetch(row + byte)


@intrinsic
def prefetch(typing_context, address):
    """The processor's instruction to bring one address into the second-level cache (LLVM's llvm.prefetch)."""

    def generate(context, builder, signature, arguments):
        byte_pointer, i32 = ir.IntType(8).as_pointer(), ir.IntType(32)
        shape = ir.FunctionType(ir.VoidType(), [byte_pointer, i32, i32, i32])
        instruction = builder.module.declare_intrinsic("llvm.prefetch", [byte_pointer], shape)
        for_reading, second_level, data = i32(0), i32(2), i32(1)
        builder.call(instruction, [builder.inttoptr(arguments[0], byte_pointer), for_reading, second_level, data])
        return context.get_dummy_value()

    return types.void(types.int64), generate
