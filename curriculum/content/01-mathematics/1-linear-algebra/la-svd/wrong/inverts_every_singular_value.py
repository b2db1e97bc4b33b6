# rejects: The four Penrose conditions hold at every rank
# because: The pseudo-inverse divides by every singular value; rounding keeps them from being exactly zero
#   anyway.

# %% id="pinv"
def pinv(A, rtol=1e-6):
    U, s, Vt = svd(A)
    return Vt.T / np.maximum(s, 1e-15) @ U.T
