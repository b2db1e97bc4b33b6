# rejects: The error of low_rank is the energy left out
# because: To keep k of V's vectors, keep k rows of V. They are the columns of V, hence the rows of Vt.

# %% id="low-rank"
def low_rank(A, k):
    if k < 0:
        raise ValueError("k must not be negative")
    U, s, Vt = svd(A)
    V = Vt.T
    return U[:, :k] * s[:k] @ V[:k]
