"""What an instructor needs: deriving the learners' notebooks from the masters."""
