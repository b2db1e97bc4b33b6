# rejects: Points that all coincide do not stop the seeding
# because: Some point always has a distance above zero. Not where points coincide: 0/0.

# %% id="kmeans-pp"
def kmeans_pp(X, k, rng):
    X = np.asarray(X, dtype=float)
    if not 1 <= k <= len(X):
        raise ValueError("k")
    centres = [X[rng.integers(len(X))]]
    while len(centres) < k:
        squared = ((X[:, None, :] - np.array(centres)) ** 2).sum(axis=2).min(axis=1)
        total = squared.sum()
        weights = squared / total
        centres.append(X[rng.choice(len(X), p=weights)])
    return np.array(centres)
