# %% [markdown]
# # Tumours
#
# Tidy a table, describe it, fit a pipeline and judge it: the working day of a notebook.

# %%
import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# %%
raw = load_breast_cancer(as_frame=True)
frame = raw.frame.rename(columns=lambda name: name.replace(" ", "_"))
frame["benign"] = frame.pop("target").astype(bool)
frame.head()

# %%
frame.describe().loc[["mean", "std"]].round(2)

# %% [markdown]
# ## Describe


# %% id="describe"
def describe(frame, by, column):
    """Count, mean and median of a column for each value of another, as a frame."""
    ### BEGIN SOLUTION
    return frame.groupby(by)[column].agg(["count", "mean", "median"])
    ### END SOLUTION


# %%
describe(frame, "benign", "mean_radius")

# %% [markdown]
# ## Bins


# %% id="bins"
def share_by_bin(frame, column, flag, bins):
    """Share of rows with the flag in each of `bins` quantile bins of a column, as a plain array."""
    ### BEGIN SOLUTION
    binned = pd.qcut(frame[column], bins, labels=False)
    return frame.groupby(binned)[flag].mean().to_numpy()
    ### END SOLUTION


# %%
share_by_bin(frame, "mean_area", "benign", 5).round(2)

# %% [markdown]
# ## Fit and judge


# %% id="evaluate"
def evaluate(frame, target, seed):
    """Accuracy and area under the curve of a scaled logistic regression on a held-out quarter."""
    ### BEGIN SOLUTION
    X, y = frame.drop(columns=target), frame[target]
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=0.25, random_state=seed, stratify=y
    )
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(X_train, y_train)
    return (
        float(accuracy_score(y_test, model.predict(X_test))),
        float(roc_auc_score(y_test, model.predict_proba(X_test)[:, 1])),
    )
    ### END SOLUTION


# %%
for seed in range(3):
    print("accuracy {:.3f}, area under the curve {:.3f}".format(*evaluate(frame, "benign", seed)))

# %%
correlations = frame.drop(columns="benign").corr().abs()
above = correlations.where(np.triu(np.ones(correlations.shape, dtype=bool), 1)).stack()
above.sort_values(ascending=False).head()
