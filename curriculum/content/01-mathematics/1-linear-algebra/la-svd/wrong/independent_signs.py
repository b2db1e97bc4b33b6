# rejects: U·diag(s)·Vt gives A back
# because: U holds the eigenvectors of AAᵀ and V those of AᵀA, so each can be computed by itself. Their signs
#   then do not fit together.

# %% id="svd"
def svd(A):
    A = np.array(A, dtype=float)
    if A.ndim != 2 or A.size == 0:
        raise ValueError("not a matrix")
    r = min(A.shape)
    values, V = np.linalg.eigh(A.T @ A)
    _, U = np.linalg.eigh(A @ A.T)
    s = np.sqrt(np.clip(values[::-1][:r], 0, None))
    return U[:, ::-1][:, :r], s, V[:, ::-1][:, :r].T
