# rejects: New rows are scaled with the training statistics, never before fit
# because: Each table is standardised by its own mean and spread. Then one house has other coordinates in
#   another table.

# %% id="scaler"
class Scaler:
    def __init__(self):
        self.mean = None
        self.scale = None

    def fit(self, X):
        X = np.asarray(X, dtype=float)
        constant = (X == X[0]).all(axis=0)
        self.mean = X.mean(axis=0)
        self.scale = np.where(constant, 1.0, X.std(axis=0))
        return self

    def transform(self, X):
        if self.mean is None:
            raise RuntimeError("call fit before transform")
        self.fit(X)
        return (np.asarray(X, dtype=float) - self.mean) / self.scale

    def to_original(self, w, b):
        w = np.asarray(w, dtype=float) / self.scale
        return w, float(b - w @ self.mean)
