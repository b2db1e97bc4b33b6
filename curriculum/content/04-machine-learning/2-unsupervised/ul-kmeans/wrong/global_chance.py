# rejects: The same rng gives the same answer, and global chance plays no part
# because: np.random is random enough. Nobody can then repeat a result.

# %% id="kmeans-pp"
def kmeans_pp(X, k, rng):
    X = np.asarray(X, dtype=float)
    if not 1 <= k <= len(X):
        raise ValueError("k")
    centres = [X[np.random.randint(len(X))]]
    while len(centres) < k:
        squared = ((X[:, None, :] - np.array(centres)) ** 2).sum(axis=2).min(axis=1)
        total = squared.sum()
        weights = squared / total if total > 0 else None
        centres.append(X[np.random.choice(len(X), p=weights)])
    return np.array(centres)
