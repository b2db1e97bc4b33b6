# rejects: Eight colours come as close to the picture as the reference
# because: Pixels can be subtracted as they are. In uint8, 3 − 5 is 254.

# %% id="kmeans"
def kmeans(X, k, init="++", rng=None, max_iter=100):
    X = np.asarray(X)
    if not 1 <= k <= len(X):
        raise ValueError("k")
    if isinstance(init, str) and init == "++":
        centres = kmeans_pp(X, k, rng)
    elif isinstance(init, str) and init == "random":
        centres = X[rng.choice(len(X), size=k, replace=False)].astype(float)
    else:
        centres = np.array(init)
    labels, history = None, []
    for moves in range(max_iter + 1):
        squared = ((X[:, None, :] - centres) ** 2).sum(axis=2)
        before, labels = labels, squared.argmin(axis=1)
        own = squared.min(axis=1)
        history.append(own.sum())
        if moves == max_iter or (before is not None and (labels == before).all()):
            break
        farthest = iter(np.argsort(-own, kind="stable"))
        centres = centres.astype(float)
        for j in range(k):
            members = X[labels == j]
            centres[j] = members.mean(axis=0) if len(members) else X[next(farthest)]
    return centres, labels, np.array(history)
