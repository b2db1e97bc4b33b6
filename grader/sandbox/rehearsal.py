"""First uses of libraries, paid once in the template: late imports, compiled patterns, caches, fonts.

Only libraries that are imported already are used; none may be left with a thread, a file or a random state
that a fork would share.
"""

from __future__ import annotations

import contextlib
import io
import sys
from typing import Any

import jedi
from IPython.core.completer import provisionalcompleter
from parso import cache as parsed_files


def rehearse_libraries() -> None:
    """Use each library once, as notebooks do."""
    _rehearse_numpy()
    for name, rehearse in (
        ("torch", _rehearse_torch),
        ("pandas", _rehearse_pandas),
        ("sklearn", _rehearse_sklearn),
        ("matplotlib.pyplot", _rehearse_matplotlib),
    ):
        if name in sys.modules:
            rehearse(sys.modules[name])


def rehearse_completion(shell: Any) -> None:
    """Let jedi read what it looks at first, which takes seconds: into memory, for all forks.

    It would also read and write pickles in a folder of the user's cache, which a sandbox does not have and a
    template must not trust.
    """
    for name in ("_load_from_file_system", "_save_to_file_system", "_remove_cache_and_update_lock"):
        setattr(parsed_files, name, lambda *_args, **_kwargs: None)
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    namespace = {"np": numpy, "plt": sys.modules.get("matplotlib.pyplot")}
    namespace["x"] = numpy.zeros(3) if numpy else None
    namespace["df"] = pandas.DataFrame({"a": [1]}) if pandas else None
    for code in ("[1].", "np.lin", "x.", "df.", "plt."):
        jedi.Interpreter(code, [namespace]).complete()
    with provisionalcompleter():
        list(shell.Completer.completions("prin", 4))


def _rehearse_numpy() -> None:
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.linalg.svd(numpy.eye(3) @ numpy.ones((3, 3)))
        repr(numpy.random.default_rng(0).normal(size=3))


def _rehearse_torch(torch: Any) -> None:
    torch.set_num_threads(1)
    with contextlib.suppress(RuntimeError):
        torch.set_num_interop_threads(1)
    torch.ones(2, 2) @ torch.ones(2, 2)


def _rehearse_pandas(pandas: Any) -> None:
    frame = pandas.DataFrame({"group": ["a", "b", "a"], "value": [1.0, 2.0, 3.0]})
    means = frame.groupby("group")["value"].agg(["count", "mean"])
    joined = frame.merge(means, left_on="group", right_index=True)
    for table in (joined, joined.describe(), means.stack().unstack()):
        repr(table)
        table._repr_html_()


def _rehearse_sklearn(_sklearn: Any) -> None:
    """A pipeline over a table: tables are what makes scikit-learn import more."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score, roc_auc_score
    from sklearn.model_selection import train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    pandas = sys.modules["pandas"]
    frame = pandas.DataFrame({"a": range(20), "b": [number % 3 for number in range(20)]})
    truth = pandas.Series([number > 9 for number in range(20)])
    left, right, seen, unseen = train_test_split(
        frame, truth, test_size=0.5, random_state=0, stratify=truth
    )
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(left, seen)
    model._repr_html_()
    accuracy_score(unseen, model.predict(right))
    roc_auc_score(unseen, model.predict_proba(right)[:, 1])


def _rehearse_matplotlib(pyplot: Any) -> None:
    axes = pyplot.figure().add_subplot()
    axes.plot([1, 2], label="$x^2$")
    axes.imshow([[0, 1], [1, 0]])
    axes.set_title("title")
    axes.set_xlabel("label")
    axes.legend()
    pyplot.gcf().savefig(io.BytesIO(), format="png", bbox_inches="tight")
    pyplot.close("all")
