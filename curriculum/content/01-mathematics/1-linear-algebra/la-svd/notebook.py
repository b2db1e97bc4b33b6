# %% [markdown]
# # SVD, low rank and the pseudo-inverse
#
# Every matrix $A$ with $m$ rows and $n$ columns, of whatever shape and rank, can be written as
#
# $$A = U\,\Sigma\,V^\top = \sum_{i=1}^{r} \sigma_i\, u_i v_i^\top, \qquad r = \min(m, n).$$
#
# The columns of $U$ ($m \times r$) are orthonormal, so are the columns of $V$ ($n \times r$), and the *singular
# values* $\sigma_1 \ge \sigma_2 \ge \dots \ge \sigma_r \ge 0$ stand on the diagonal of $\Sigma$. This form, which
# keeps $r$ columns and no more, is called *thin*.
#
# You write four functions:
#
# | function | gives |
# |---|---|
# | `svd(A)` | the thin decomposition `U, s, Vt` |
# | `low_rank(A, k)` | the best approximation of rank at most `k` |
# | `pinv(A, rtol)` | the pseudo-inverse |
# | `effective_rank(A, energy)` | how many singular values carry that share of the energy |
#
# **Rules for all four.** `A` may be a list of lists or an array of integers, `float32` or `float64`; compute in
# `float64` and leave the caller's array as it was. A matrix with not exactly two dimensions, or without any entry,
# raises `ValueError`. Entries are finite and real.
#
# **From scratch.** NumPy's own `np.linalg.svd`, `pinv`, `lstsq`, `matrix_rank` and SciPy are closed here.
# `np.linalg.eigh` (eigenvectors of a *symmetric* matrix) and `np.linalg.qr` are open: you built their like in the
# exercises before this one.

# %% [markdown]
# ## An example to follow by hand
#
# $$A = \begin{pmatrix} 1 & 0 \\ 0 & 1 \\ 1 & 1 \end{pmatrix}, \qquad
# A^\top A = \begin{pmatrix} 2 & 1 \\ 1 & 2 \end{pmatrix}.$$
#
# $A^\top A = V \Sigma^2 V^\top$ has eigenvalues $3$ and $1$, so $\sigma = (\sqrt 3,\ 1)$, with eigenvectors
# $v_1 = \tfrac{1}{\sqrt 2}(1, 1)$ and $v_2 = \tfrac{1}{\sqrt 2}(1, -1)$. The left vectors *follow* from them,
# because $A v_i = \sigma_i u_i$:
#
# $$u_1 = \frac{A v_1}{\sqrt 3} = \tfrac{1}{\sqrt 6}(1, 1, 2), \qquad u_2 = \frac{A v_2}{1} = \tfrac{1}{\sqrt 2}(1, -1, 0).$$
#
# Keeping the first term alone gives the best approximation of rank one, and what is lost is exactly $\sigma_2^2$:
#
# $$A_1 = \sigma_1 u_1 v_1^\top = \begin{pmatrix} .5 & .5 \\ .5 & .5 \\ 1 & 1 \end{pmatrix}, \qquad
# \lVert A - A_1 \rVert_F^2 = 4 \cdot 0.25 = 1 = \sigma_2^2 .$$
#
# The pair $(u_i, v_i)$ may be replaced by $(-u_i, -v_i)$: signs are free, but only *together*. No check here
# depends on which one you choose.

# %%
import matplotlib.pyplot as plt
import numpy as np

example = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])

# %% [markdown]
# ## 1. `svd(A)`
#
# Return `U, s, Vt` with shapes $(m, r)$, $(r,)$ and $(r, n)$, where $r = \min(m, n)$, so that
# `U @ np.diag(s) @ Vt` is `A`. Note that the third is $V^\top$: its *rows* are the right vectors.
#
# Two ways are open:
#
# - **Through the eigenvectors of $A^\top A$.** Take $V$ from `np.linalg.eigh` (mind its order), then everything
#   else from the columns of $AV$: $\sigma_i = \lVert A v_i \rVert$. That is more accurate than
#   $\sqrt{\lambda_i}$, and can never be the root of a negative number. For a wide matrix, work on $A^\top$.
# - **One-sided Jacobi.** Rotate pairs of columns of a copy of $A$ until all are orthogonal; their lengths are the
#   singular values and the product of the rotations is $V$.
#
# **Where $\sigma_i = 0$** (say, $\sigma_i \le 10^{-12}\,\sigma_1$) there is nothing to divide by: $u_i$ may be *any* unit
# vector orthogonal to the other columns of $U$, but there must be one. Set such a $\sigma_i$ to $0$ and complete the basis,
# for example by Gram–Schmidt on unit vectors $e_1, e_2, \dots$ This holds for the zero matrix too.

# %% id="svd"
def svd(A):
    """Thin singular value decomposition of a real matrix.

    A: array-like, shape (m, n), with m and n at least 1.
    Returns U of shape (m, r), s of shape (r,) descending, and Vt of shape (r, n), where r = min(m, n).
    Raises ValueError if A is not two-dimensional or has no entry.
    """
    ### BEGIN SOLUTION
    A = np.array(A, dtype=float)
    if A.ndim != 2 or A.size == 0:
        raise ValueError("A must have two dimensions and at least one entry")
    if A.shape[0] < A.shape[1]:
        V, s, Ut = svd(A.T)
        return Ut.T, s, V.T

    _, V = np.linalg.eigh(A.T @ A)
    AV = A @ V
    s = np.linalg.norm(AV, axis=0)
    order = np.argsort(-s)
    s, V, AV = s[order], V[:, order], AV[:, order]

    U = np.zeros_like(A)
    for i in range(len(s)):
        if s[i] > 1e-12 * s[0]:
            u = AV[:, i] / s[i]
        else:
            s[i] = 0.0
            # The unit vector that the columns so far explain least.
            u = np.zeros(len(A))
            u[np.argmin(np.sum(U**2, axis=1))] = 1.0
        for _ in range(2):  # once leaves a rounding error that twice removes
            u = u - U[:, :i] @ (U[:, :i].T @ u)
        U[:, i] = u / np.linalg.norm(u)
    return U, s, V.T
    ### END SOLUTION


# %%
U, s, Vt = svd(example)
print("singular values", s.round(4), "(by hand: 1.7321 and 1)")
print(U.round(4))
print("rebuilt:\n", (U @ np.diag(s) @ Vt).round(6))

# %% [markdown]
# ## 2. `low_rank(A, k)`
#
# The best approximation of rank at most $k$, in the least-squares sense (Eckart and Young):
#
# $$A_k = \sum_{i=1}^{k} \sigma_i\, u_i v_i^\top, \qquad \lVert A - A_k \rVert_F^2 = \sum_{i > k} \sigma_i^2 .$$
#
# The answer has the shape of `A`. `k = 0` gives zeros; a `k` of $r$ or more gives `A` itself; a negative `k` raises
# `ValueError`.
#
# Below the cell, a photograph of 80 × 64 grey values in four ranks (by danielbuechele, CC BY 2.0, cropped and reduced).

# %% id="low-rank"
def low_rank(A, k):
    """Best approximation of A of rank at most k, same shape as A, float64.

    Raises ValueError if k is negative.
    """
    ### BEGIN SOLUTION
    if k < 0:
        raise ValueError("k must not be negative")
    U, s, Vt = svd(A)
    return U[:, :k] * s[:k] @ Vt[:k]
    ### END SOLUTION


# %%
pagoda = plt.imread("data/pagoda-grey.png")
ranks = [2, 6, 15, 64]
plt.figure(figsize=(8, 2.6))
plt.imshow(np.hstack([low_rank(pagoda, k) for k in ranks]), cmap="gray", vmin=0, vmax=1)
plt.title("rank " + ", ".join(map(str, ranks)))
plt.axis("off")
plt.show()
for k in ranks:
    print(f"rank {k:2d} stores {k * (sum(pagoda.shape) + 1):6,d} numbers, the picture has {pagoda.size:,d}")

# %% [markdown]
# ## 3. `pinv(A, rtol)`
#
# $$A^+ = V\,\Sigma^+ U^\top, \qquad \sigma_i^+ = \begin{cases} 1/\sigma_i & \text{if } \sigma_i > \texttt{rtol}\cdot\sigma_1 \\ 0 & \text{otherwise.}\end{cases}$$
#
# The answer has shape $(n, m)$. Whatever the rank of $A$, it is the one matrix that meets Penrose's four conditions
#
# $$A A^+ A = A, \qquad A^+ A A^+ = A^+, \qquad (A A^+)^\top = A A^+, \qquad (A^+ A)^\top = A^+ A .$$
#
# For the example, $A^+ = \tfrac13 \begin{pmatrix} 2 & -1 & 1 \\ -1 & 2 & 1 \end{pmatrix}$. The pseudo-inverse of a zero
# matrix is a zero matrix.

# %% id="pinv"
def pinv(A, rtol=1e-6):
    """Moore-Penrose pseudo-inverse, shape (n, m) for A of shape (m, n).

    Singular values of at most rtol times the largest one count as zero.
    """
    ### BEGIN SOLUTION
    U, s, Vt = svd(A)
    kept = s > rtol * s[0]
    inverse = np.zeros_like(s)
    inverse[kept] = 1 / s[kept]
    return Vt.T * inverse @ U.T
    ### END SOLUTION


# %%
print(3 * pinv(example))
singular = np.array([[1.0, 2.0], [2.0, 4.0]])  # has no inverse
print("best x for singular·x = (5, 10):", pinv(singular) @ [5, 10])

# %% [markdown]
# ## 4. `effective_rank(A, energy)`
#
# The smallest $k$ whose approximation keeps at least the share `energy` of the energy $\lVert A \rVert_F^2$:
#
# $$\sum_{i \le k} \sigma_i^2 \;\ge\; \texttt{energy} \cdot \sum_{i} \sigma_i^2, \qquad 0 < \texttt{energy} \le 1 .$$
#
# In the example the energies are $3$ and $1$, so `effective_rank(example, 0.7)` is $1$ and
# `effective_rank(example, 0.9)` is $2$. The zero matrix has effective rank $0$. An `energy` outside $(0, 1]$ raises
# `ValueError`. Return a plain `int`.

# %% id="effective-rank"
def effective_rank(A, energy=0.99):
    """Smallest k such that the k largest singular values hold the share `energy` of the energy.

    Raises ValueError unless 0 < energy <= 1.
    """
    ### BEGIN SOLUTION
    if not 0 < energy <= 1:
        raise ValueError("energy must be above 0 and at most 1")
    _, s, _ = svd(A)
    held = np.cumsum(s**2)
    if held[-1] == 0:
        return 0
    return int(np.argmax(held >= energy * held[-1])) + 1
    ### END SOLUTION


# %% [markdown]
# ## What it is good for
#
# One hundred handwritten digits, 64 grey values each, make a matrix of 100 × 64. How many directions do they need?
# And what does the photograph need? (Its first term is little more than its mean brightness, and holds most of the energy.
# What the eye looks for lies in the small terms: a share of energy is a measure, not a taste.)

# %%
digits = np.loadtxt("data/digits.csv", delimiter=",")[:, 1:]
for energy in [0.8, 0.9, 0.95, 0.99]:
    print(f"{energy:.0%}: {effective_rank(digits, energy):2d} of 64 for digits, "
          f"{effective_rank(pagoda, energy):2d} of 64 for the photograph")
