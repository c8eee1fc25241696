"""The small loops that the fast engine is made of, compiled by Numba: each works on rows of float32 tables.

Where a block of rows meets another, two rows by four are combined at a time, so that most numbers are read once from
the fastest memory and used several times. The compiler turns the innermost loops into vector instructions: `fastmath`
lets it change the order of sums, and NumPy's error model spares the checks for division by zero that would stop it.
Rows of a block may be wider than those of the tables, filled with zeros up to a multiple of 8: no vector is left over.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

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
def pull(q, n, rate):
    """Scores of n true pairs, at the front of q, become rate * (1 - σ). Returns the sum of -log σ."""
    sigmoids(q)
    loss = minus_logs(q, n)
    for j in range(len(q)):
        q[j] = rate * (f32(1) - q[j])
    return loss


@compiled
def push(p, rate):
    """Scores of negatives become -rate * σ. Returns the sum of -log(1 - σ)."""
    for j in range(len(p)):
        p[j] = -p[j]
    sigmoids(p)  # σ(-x) = 1 - σ(x), without the loss of digits
    loss = minus_logs(p, len(p))
    for j in range(len(p)):
        p[j] = rate * (p[j] - f32(1))
    return loss


@compiled
def minus_logs(p, n):
    """Sum of -log p[j], j < n. One logarithm for 16 factors: each is above 1e-14, so a float64 holds their product."""
    loss = 0.0
    for start in range(0, n, 16):
        product = 1.0
        for j in range(start, min(start + 16, n)):
            product *= p[j]
        loss -= math.log(product)
    return loss


@compiled
def dot(X, i, Z, j):
    """X[i] · Z[j]."""
    s = f32(0)
    for q in range(X.shape[1]):
        s += X[i, q] * Z[j, q]
    return s


@compiled
def scores(X, i, Z, at, n, Q):
    """Q[i, r] = X[i] · Z[at + r] for r < n, four at a time."""
    d, r = X.shape[1], 0
    while r + 4 <= n:
        s0, s1, s2, s3 = f32(0), f32(0), f32(0), f32(0)
        j = at + r
        for q in range(d):
            x = X[i, q]
            s0 += x * Z[j, q]
            s1 += x * Z[j + 1, q]
            s2 += x * Z[j + 2, q]
            s3 += x * Z[j + 3, q]
        Q[i, r], Q[i, r + 1], Q[i, r + 2], Q[i, r + 3] = s0, s1, s2, s3
        r += 4
    while r < n:
        Q[i, r] = dot(X, i, Z, at + r)
        r += 1


@compiled
def combine(Q, i, Z, at, n, D):
    """D[i] += sum of Q[i, r] * Z[at + r] for r < n, four at a time."""
    d, r = Z.shape[1], 0
    while r + 4 <= n:
        g0, g1, g2, g3 = Q[i, r], Q[i, r + 1], Q[i, r + 2], Q[i, r + 3]
        j = at + r
        for q in range(d):
            D[i, q] += g0 * Z[j, q] + g1 * Z[j + 1, q] + g2 * Z[j + 2, q] + g3 * Z[j + 3, q]
        r += 4
    while r < n:
        add_times(D, i, Q[i, r], Z, at + r)
        r += 1


@compiled
def spread(Q, i, X, D, at, n):
    """D[at + r] += Q[i, r] * X[i] for r < n."""
    for r in range(n):
        add_times(D, at + r, Q[i, r], X, i)


@compiled
def scores_block(X, n, N, P):
    """P[i, s] = X[i] · N[s] for all i < n and all s, two by four at a time."""
    d, S, i = X.shape[1], len(N), 0
    while i + 2 <= n:
        s = 0
        while s + 4 <= S:
            a0, a1, a2, a3 = f32(0), f32(0), f32(0), f32(0)
            b0, b1, b2, b3 = f32(0), f32(0), f32(0), f32(0)
            for q in range(d):
                x, y = X[i, q], X[i + 1, q]
                z0, z1, z2, z3 = N[s, q], N[s + 1, q], N[s + 2, q], N[s + 3, q]
                a0 += x * z0
                a1 += x * z1
                a2 += x * z2
                a3 += x * z3
                b0 += y * z0
                b1 += y * z1
                b2 += y * z2
                b3 += y * z3
            P[i, s], P[i, s + 1], P[i, s + 2], P[i, s + 3] = a0, a1, a2, a3
            P[i + 1, s], P[i + 1, s + 1], P[i + 1, s + 2], P[i + 1, s + 3] = b0, b1, b2, b3
            s += 4
        i += 2
    if i < n:
        scores(X, i, N, 0, S, P)


@compiled
def combine_block(P, n, N, D):
    """D[i] += sum over all s of P[i, s] * N[s] for all i < n, two by four at a time."""
    d, S, i = N.shape[1], len(N), 0
    while i + 2 <= n:
        for s in range(0, S, 4):
            g0, g1, g2, g3 = P[i, s], P[i, s + 1], P[i, s + 2], P[i, s + 3]
            h0, h1, h2, h3 = P[i + 1, s], P[i + 1, s + 1], P[i + 1, s + 2], P[i + 1, s + 3]
            for q in range(d):
                z0, z1, z2, z3 = N[s, q], N[s + 1, q], N[s + 2, q], N[s + 3, q]
                D[i, q] += g0 * z0 + g1 * z1 + g2 * z2 + g3 * z3
                D[i + 1, q] += h0 * z0 + h1 * z1 + h2 * z2 + h3 * z3
        i += 2
    if i < n:
        combine(P, i, N, 0, S, D)


@compiled
def combine_down_block(P, n, X, D):
    """D[s] += sum of P[i, s] * X[i] over i < n for all s, two by four at a time."""
    d, i = X.shape[1], 0
    while i + 4 <= n:
        for s in range(0, len(D), 2):
            g0, g1, g2, g3 = P[i, s], P[i + 1, s], P[i + 2, s], P[i + 3, s]
            h0, h1, h2, h3 = P[i, s + 1], P[i + 1, s + 1], P[i + 2, s + 1], P[i + 3, s + 1]
            for q in range(d):
                x0, x1, x2, x3 = X[i, q], X[i + 1, q], X[i + 2, q], X[i + 3, q]
                D[s, q] += g0 * x0 + g1 * x1 + g2 * x2 + g3 * x3
                D[s + 1, q] += h0 * x0 + h1 * x1 + h2 * x2 + h3 * x3
        i += 4
    while i < n:
        for s in range(len(D)):
            add_times(D, s, P[i, s], X, i)
        i += 1


@compiled
def mean_of_rows(W, rows, a, e, X, i):
    """X[i] = mean of W[rows[r]] for a <= r < e."""
    d = X.shape[1]
    copy(X, i, W, rows[a])
    if e > a + 1:
        for r in range(a + 1, e):
            add(X, i, W, rows[r])
        share = f32(1) / f32(e - a)
        for q in range(d):
            X[i, q] *= share


@compiled
def sum_of_rows(A, low, high, left_out, share, X, i):
    """X[i] = share * sum of A[j] for low <= j < high, without j = left_out."""
    d = X.shape[1]
    clear(X, i)
    for j in range(low, high):
        if j != left_out:
            add(X, i, A, j)
    for q in range(d):
        X[i, q] *= share


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
def clear(D, i):
    """D[i] = 0."""
    for q in range(D.shape[1]):
        D[i, q] = 0
