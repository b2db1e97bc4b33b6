# rejects: Careful seeding starts lower than random rows on average
# because: D is measured from the centre drawn last. It has to be the nearest of all centres so far.

# %% id="kmeans-pp"
def kmeans_pp(X, k, rng):
    X = np.asarray(X, dtype=float)
    if not 1 <= k <= len(X):
        raise ValueError("k")
    centres = [X[rng.integers(len(X))]]
    while len(centres) < k:
        squared = ((X - centres[-1]) ** 2).sum(axis=1)
        total = squared.sum()
        weights = squared / total if total > 0 else None
        centres.append(X[rng.choice(len(X), p=weights)])
    return np.array(centres)
