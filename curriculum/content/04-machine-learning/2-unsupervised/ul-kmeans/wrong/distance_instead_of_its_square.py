# rejects: Further centres are drawn in proportion to D²
# because: Farther points are likelier in proportion to their distance. The proof of k-means++ needs the
#   square.

# %% id="kmeans-pp"
def kmeans_pp(X, k, rng):
    X = np.asarray(X, dtype=float)
    if not 1 <= k <= len(X):
        raise ValueError("k")
    centres = [X[rng.integers(len(X))]]
    while len(centres) < k:
        squared = ((X[:, None, :] - np.array(centres)) ** 2).sum(axis=2).min(axis=1)
        distances = np.sqrt(squared)
        total = distances.sum()
        weights = distances / total if total > 0 else None
        centres.append(X[rng.choice(len(X), p=weights)])
    return np.array(centres)
