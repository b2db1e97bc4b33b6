# rejects: The smallest k that holds the energy is found
# rejects: The worked example needs one value for 70 % and two for 90 %
# because: Energy is the sum of the singular values. It is the sum of their squares.

# %% id="effective-rank"
def effective_rank(A, energy=0.99):
    if not 0 < energy <= 1:
        raise ValueError("energy must be above 0 and at most 1")
    _, s, _ = svd(A)
    held = np.cumsum(s)
    if held[-1] == 0:
        return 0
    return int(np.argmax(held >= energy * held[-1])) + 1
