# rejects: A cluster left empty takes a far point
# because: A centre without points may stay where it is. It then stays there for good, and k − 1 clusters are
#   left.

# %% id="kmeans"
def kmeans(X, k, init="++", rng=None, max_iter=100):
    X = np.asarray(X, dtype=float)
    if not 1 <= k <= len(X):
        raise ValueError("k")
    if isinstance(init, str) and init == "++":
        centres = kmeans_pp(X, k, rng)
    elif isinstance(init, str) and init == "random":
        centres = X[rng.choice(len(X), size=k, replace=False)]
    else:
        centres = np.array(init, dtype=float)
    labels, history = None, []
    for moves in range(max_iter + 1):
        squared = ((X[:, None, :] - centres) ** 2).sum(axis=2)
        before, labels = labels, squared.argmin(axis=1)
        own = squared.min(axis=1)
        history.append(own.sum())
        if moves == max_iter or (before is not None and (labels == before).all()):
            break
        for j in range(k):
            members = X[labels == j]
            if len(members):
                centres[j] = members.mean(axis=0)
    return centres, labels, np.array(history)
