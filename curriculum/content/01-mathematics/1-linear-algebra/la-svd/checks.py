"""Judges la-svd by what defines a decomposition, so that signs and the way to it stay free.

Tolerances are absolute and relative to the largest singular value: 1e-6 leaves room for singular values that were
computed as roots of the eigenvalues of AᵀA, which are good to half the digits.
"""

import numpy as np

from grader.exam import (
    check,
    expect,
    expect_close,
    expect_raises,
    expect_shape,
    expect_type,
    expect_unchanged,
)

SIGNS = "Compute V only, and take U from A·V: then the signs fit by themselves."
COMPLETE = "Where σ is 0, put any unit vector there that is orthogonal to the columns of U so far."
THRESHOLD = "Computed singular values are hardly ever exactly 0: compare them with the largest one."


def orthonormal(rng, m, n):
    return np.linalg.qr(rng.normal(size=(m, n)))[0]


def with_values(rng, m, n, values):
    """A random m×n matrix with these singular values."""
    return orthonormal(rng, m, len(values)) * values @ orthonormal(rng, n, len(values)).T


def size(A):
    A = np.asarray(A)
    return f"{A.shape[0]}×{A.shape[1]}"


def factors(learner, A):
    """The learner's U, s and Vt, once their number and shapes are right."""
    answer = learner.svd(A)
    expect_type(answer, (tuple, list), "svd should return three things: U, s, Vt")
    expect(len(answer) == 3, f"svd should return three things, U, s and Vt, but gave {len(answer)}", A=A)
    m, n = np.shape(A)
    r = min(m, n)
    for name, value, shape in zip(("U", "s", "Vt"), answer, ((m, r), (r,), (r, n)), strict=True):
        expect_shape(value, shape, f"{name} of a {m}×{n} matrix has the wrong shape", A=A)
        expect(np.asarray(value).dtype.kind == "f", f"{name} should hold real numbers", A=A)
    return tuple(np.asarray(value) for value in answer)


def rank_of(learner, A, *energy):
    k = learner.effective_rank(A, *energy)
    expect_type(k, int, "effective_rank should return a plain int", A=A)
    return k


def expect_rebuilt(learner, A):
    U, s, Vt = factors(learner, A)
    A = np.asarray(A, dtype=float)
    tolerance = 1e-6 * max(1.0, np.linalg.norm(A, 2))
    expect_close(
        U * s @ Vt, A, f"U·diag(s)·Vt should give the {size(A)} matrix A back", rtol=0, atol=tolerance, A=A
    )


def expect_orthonormal(learner, A):
    U, _, Vt = factors(learner, A)
    identity = np.eye(len(Vt))
    expect_close(
        U.T @ U, identity, f"Uᵀ·U should be the identity for this {size(A)} matrix", rtol=0, atol=1e-6, A=A
    )
    expect_close(
        Vt @ Vt.T, identity, f"Vt·Vtᵀ should be the identity for this {size(A)} matrix", rtol=0, atol=1e-6, A=A
    )


def deficient(rng):
    """Matrices with singular values that are zero, small ones first."""
    yield np.array([[1.0, 2.0], [2.0, 4.0]])
    yield np.ones((3, 2))
    yield np.zeros((3, 2))
    yield np.array([[0.0, 3.0, 0.0], [0.0, 0.0, 0.0]])
    yield with_values(rng, 5, 4, [3.0, 1.0])
    yield with_values(rng, 3, 6, [2.0])
    yield with_values(rng, 6, 6, [4.0, 4.0, 0.5])


@check(points=3, title="U·diag(s)·Vt gives A back", about="svd", hints=[SIGNS, "The third result is Vt, not V."])
def rebuilds(learner, rng):
    expect_rebuilt(learner, np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
    for m, n in [(2, 2), (4, 3), (3, 3), (2, 5), (7, 4)]:
        expect_rebuilt(learner, rng.normal(size=(m, n)))


@check(
    points=1,
    title="The three factors have the thin shapes",
    about="svd",
    hints=["With r = min(m, n), U is (m, r), s is (r,) and Vt is (r, n)."],
)
def thin(learner, rng):
    for m, n in [(4, 2), (3, 3), (2, 5)]:
        for factor in factors(learner, rng.normal(size=(m, n))):
            expect(factor.dtype == np.float64, f"the factors should be float64, not {factor.dtype}")


@check(
    points=2,
    title="Singular values descend, are not negative and have the right size",
    about="svd",
    hints=["np.linalg.eigh sorts from small to large.", "σ is the length of A·v, the root of the eigenvalue of AᵀA."],
)
def values(learner, rng):
    cases = [np.diag([2.0, 3.0]), np.diag([1.0, -5.0, 2.0])]
    cases += [rng.normal(size=shape) for shape in [(4, 3), (3, 3), (2, 5)]]
    cases += [with_values(rng, 6, 4, [7.0, 7.0, 2.0, 0.01])]
    for A in cases:
        _, s, _ = factors(learner, A)
        expect(bool(np.all(s >= 0)), "singular values are never negative", A=A, s=s)
        expect(bool(np.all(np.diff(s) <= 0)), "singular values should come largest first", A=A, s=s)
        right = np.linalg.svd(A, compute_uv=False)
        expect_close(
            s, right, f"the singular values of this {size(A)} matrix differ", rtol=1e-6, atol=1e-6 * right[0], A=A
        )


@check(
    points=4,
    title="U and V are orthonormal, also where singular values are zero",
    about="svd",
    visible=False,
    hints=[
        "Which column of U do you get from A·v = 0? Dividing by σ = 0 cannot tell.",
        COMPLETE,
        THRESHOLD,
    ],
)
def orthonormal_factors(learner, rng):
    for m, n in [(2, 2), (5, 3), (3, 4)]:
        expect_orthonormal(learner, rng.normal(size=(m, n)))
    for A in deficient(rng):
        expect_orthonormal(learner, A)


@check(
    points=2,
    title="Rank-deficient, single-row and zero matrices are rebuilt",
    about="svd",
    visible=False,
    hints=["A NaN in U or V spoils the product although its σ is 0.", COMPLETE],
)
def rebuilds_deficient(learner, rng):
    for A in [np.array([[-3.0]]), rng.normal(size=(1, 4)), rng.normal(size=(4, 1)), *deficient(rng)]:
        expect_rebuilt(learner, A)


@check(
    points=1,
    title="Lists, integers and float32 are understood, and A is left as it was",
    about="svd",
    visible=False,
    hints=["np.array(A, dtype=float) makes a copy in float64; np.asarray may not copy."],
)
def kinds_of_input(learner, rng):
    whole = rng.integers(-5, 6, size=(4, 3))
    for A in [whole.tolist(), whole, whole.astype(np.uint8), rng.normal(size=(3, 4)).astype(np.float32)]:
        expect_rebuilt(learner, A)
    expect_unchanged(learner.svd, rng.normal(size=(4, 3)))
    expect_unchanged(learner.svd, rng.normal(size=(2, 4)))
    expect_unchanged(learner.low_rank, rng.normal(size=(4, 3)), 2)
    expect_unchanged(learner.pinv, rng.normal(size=(4, 3)))


@check(
    points=1,
    title="What is no matrix is refused",
    about="svd",
    visible=False,
    hints=["Look at A.ndim and A.size before anything else."],
)
def refuses(learner, rng):
    for A in [rng.normal(size=3), rng.normal(size=(2, 2, 2)), np.zeros((0, 3)), np.zeros((3, 0))]:
        expect_raises(ValueError, learner.svd, A, message=f"the shape {A.shape} is no matrix")


@check(
    points=2,
    title="The error of low_rank is the energy left out",
    about="low_rank",
    hints=["Keep k columns of U, k values and k rows of Vt.", "Is svd right already? low_rank builds on it."],
)
def low_rank_error(learner, rng):
    example = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    half = np.array([[0.5, 0.5], [0.5, 0.5], [1.0, 1.0]])
    expect_close(learner.low_rank(example, 1), half, "the worked example, rank 1, differs", atol=1e-6, A=example)
    for m, n in [(4, 4), (6, 3), (3, 5)]:
        A = rng.normal(size=(m, n))
        s = np.linalg.svd(A, compute_uv=False)
        for k in range(1, min(m, n)):
            answer = learner.low_rank(A, k)
            expect_shape(answer, A.shape, f"low_rank(A, {k}) should have the shape of A", A=A, k=k)
            error = np.sum((A - np.asarray(answer)) ** 2)
            expect_close(
                error,
                np.sum(s[k:] ** 2),
                f"‖A − A_k‖² for k = {k} should be the sum of the squared singular values after the first {k}",
                rtol=1e-6,
                A=A,
                k=k,
            )
            rank = np.linalg.matrix_rank(answer, tol=1e-6 * s[0])
            expect(rank <= k, f"low_rank(A, {k}) has rank {rank}", A=A, k=k)


@check(
    points=1,
    title="k may be zero or beyond the rank, but not negative",
    about="low_rank",
    visible=False,
    hints=["A negative number in a slice counts from the end."],
)
def low_rank_limits(learner, rng):
    for m, n in [(4, 3), (2, 3)]:
        A = rng.normal(size=(m, n))
        expect_close(learner.low_rank(A, 0), np.zeros((m, n)), "rank 0 leaves zeros only", atol=1e-9, A=A)
        for k in [min(m, n), 10]:
            expect_close(learner.low_rank(A, k), A, f"k = {k} keeps everything", atol=1e-6, A=A, k=k)
    expect_raises(ValueError, learner.low_rank, A, -1, message="k = -1 has no meaning")


@check(
    points=1,
    title="A matrix with an inverse gets that inverse",
    about="pinv",
    hints=["V·Σ⁺·Uᵀ: the order turns round, and the shape with it.", "Is svd right already? pinv builds on it."],
)
def ordinary_inverse(learner, rng):
    for A in [np.array([[2.0, 0.0], [0.0, 4.0]]), with_values(rng, 3, 3, [3.0, 2.0, 1.0])]:
        expect_close(learner.pinv(A), np.linalg.inv(A), "the pseudo-inverse should be the inverse", atol=1e-6, A=A)


@check(
    points=3,
    title="The four Penrose conditions hold at every rank",
    about="pinv",
    visible=False,
    hints=["What becomes of 1/σ where σ should be 0, but is 1e-17?", THRESHOLD],
)
def penrose(learner, rng):
    for A in [*deficient(rng), with_values(rng, 5, 3, [4.0, 2.0, 1.0]), with_values(rng, 2, 4, [2.0, 0.5])]:
        m, n = A.shape
        P = learner.pinv(A)
        expect_shape(P, (n, m), f"the pseudo-inverse of a {m}×{n} matrix has the wrong shape", A=A)
        P = np.asarray(P)
        conditions = {
            "A·A⁺·A should be A": (A @ P @ A, A),
            "A⁺·A·A⁺ should be A⁺": (P @ A @ P, P),
            "A·A⁺ should be symmetric": (A @ P, (A @ P).T),
            "A⁺·A should be symmetric": (P @ A, (P @ A).T),
        }
        for condition, (left, right) in conditions.items():
            expect_close(left, right, f"{condition} for this {m}×{n} matrix", rtol=0, atol=1e-6, A=A)


@check(
    points=1,
    title="rtol decides what counts as zero",
    about="pinv",
    visible=False,
    hints=["The threshold is rtol times the largest singular value.", "At most the threshold is zero: > keeps, ≤ drops."],
)
def cutoff(learner, rng):
    U, V = orthonormal(rng, 4, 3), orthonormal(rng, 3, 3)
    for scale in [1.0, 1000.0, 1e-9]:
        s = np.array([1.0, 0.2, 0.01]) * scale
        A = U * s @ V.T
        for rtol, kept in [(1e-6, 3), (0.05, 2), (0.5, 1)]:
            right = V[:, :kept] / s[:kept] @ U[:, :kept].T
            expect_close(
                learner.pinv(A, rtol=rtol),
                right,
                f"with rtol = {rtol} and singular values {s.tolist()}, {kept} of them should be inverted",
                rtol=1e-5,
                atol=1e-5 * np.abs(right).max(),
                A=A,
            )


@check(
    points=1,
    title="The worked example needs one value for 70 % and two for 90 %",
    about="effective_rank",
    hints=["Energy is σ², not σ: 3 and 1 in the example."],
)
def energies_of_the_example(learner):
    example = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    for energy, right in [(0.7, 1), (0.9, 2)]:
        k = rank_of(learner, example, energy)
        expect(k == right, f"effective_rank(example, {energy}) should be {right}, not {k}")


@check(
    points=1,
    title="The smallest k that holds the energy is found",
    about="effective_rank",
    visible=False,
    hints=["np.cumsum(s**2) gives the energy of the first k values.", "A zero matrix has no energy to divide by."],
)
def smallest_k(learner, rng):
    for m, n in [(6, 4), (3, 5)]:
        s = np.sort(rng.uniform(0.5, 5.0, size=min(m, n)))[::-1]
        A = with_values(rng, m, n, s)
        held = np.cumsum(s**2) / np.sum(s**2)
        for right, share in enumerate(held[:-1], start=1):
            for energy, expected in [(share - 1e-4, right), (share + 1e-4, right + 1)]:
                k = rank_of(learner, A, energy)
                expect(
                    k == expected,
                    f"singular values {s.round(3).tolist()} hold {energy:.4f} of the energy with k = {expected}, not {k}",
                )
    expect(rank_of(learner, np.diag([3.0, 2.0, 1.0]), 1.0) == 3, "all of the energy needs every value")
    expect(rank_of(learner, np.zeros((2, 3))) == 0, "a zero matrix has effective rank 0")
    for energy in [0.0, -0.5, 1.5]:
        expect_raises(
            ValueError, learner.effective_rank, np.eye(2), energy, message=f"energy = {energy} has no meaning"
        )
