# rejects: Training rows come out with mean 0 and spread 1
# because: No column is constant in practice. After one-hot encoding, or within one fold, some are.

# %% id="scaler"
class Scaler:
    def __init__(self):
        self.mean = None
        self.scale = None

    def fit(self, X):
        X = np.asarray(X, dtype=float)
        self.mean = X.mean(axis=0)
        self.scale = X.std(axis=0)
        return self

    def transform(self, X):
        if self.mean is None:
            raise RuntimeError("call fit before transform")
        return (np.asarray(X, dtype=float) - self.mean) / self.scale

    def to_original(self, w, b):
        w = np.asarray(w, dtype=float) / self.scale
        return w, float(b - w @ self.mean)
