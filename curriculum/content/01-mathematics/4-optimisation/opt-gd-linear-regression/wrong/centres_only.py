# rejects: Training rows come out with mean 0 and spread 1
# rejects: Scaling cuts the iterations at least tenfold
# because: Subtracting the mean is scaling. The valley stays as narrow as it was.

# %% id="scaler"
class Scaler:
    def __init__(self):
        self.mean = None
        self.scale = None

    def fit(self, X):
        X = np.asarray(X, dtype=float)
        constant = (X == X[0]).all(axis=0)
        self.mean = X.mean(axis=0)
        self.scale = np.ones(X.shape[1])
        return self

    def transform(self, X):
        if self.mean is None:
            raise RuntimeError("call fit before transform")
        return (np.asarray(X, dtype=float) - self.mean) / self.scale

    def to_original(self, w, b):
        w = np.asarray(w, dtype=float) / self.scale
        return w, float(b - w @ self.mean)
