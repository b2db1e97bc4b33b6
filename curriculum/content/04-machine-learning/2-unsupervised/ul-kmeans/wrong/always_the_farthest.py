# rejects: Further centres are drawn in proportion to D²
# because: The best next centre is the farthest point. An outlier then always gets a centre.

# %% id="kmeans-pp"
def kmeans_pp(X, k, rng):
    X = np.asarray(X, dtype=float)
    if not 1 <= k <= len(X):
        raise ValueError("k")
    centres = [X[rng.integers(len(X))]]
    while len(centres) < k:
        squared = ((X[:, None, :] - np.array(centres)) ** 2).sum(axis=2).min(axis=1)
        total = squared.sum()
        weights = squared / total if total > 0 else None
        centres.append(X[np.argmax(squared)])
    return np.array(centres)
