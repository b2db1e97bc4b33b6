# rejects: Inertia is the sum of squared distances
# because: Inertia is the mean squared distance. It is the sum.

# %% id="inertia"
def inertia(X, centres, labels):
    X, centres = np.asarray(X, dtype=float), np.asarray(centres, dtype=float)
    return float(np.mean(np.sum((X - centres[np.asarray(labels)]) ** 2, axis=1)))
