# rejects: rtol decides what counts as zero
# because: A singular value below rtol is zero. Whether it is small depends on the largest one.

# %% id="pinv"
def pinv(A, rtol=1e-6):
    U, s, Vt = svd(A)
    inverse = np.array([1 / value if value > rtol else 0.0 for value in s])
    return Vt.T * inverse @ U.T
