# %% [markdown]
# # Scaled dot-product attention
#
# Each *query* $q_i$ asks every *key* $k_j$ how well they match, turns the answers into weights that sum to one, and takes
# the weighted mean of the *values* $v_j$:
#
# $$w_{ij} = \frac{\exp(z_{ij})}{\sum_{l} \exp(z_{il})}, \qquad z_{ij} = \frac{q_i \cdot k_j}{\sqrt{d_k}}, \qquad
# o_i = \sum_j w_{ij}\, v_j .$$
#
# You write `attention`, and two functions that make masks for it: `causal_mask` and `padding_mask`.
#
# **Shapes.** `q` is $(\dots, n_q, d_k)$, `k` is $(\dots, n_k, d_k)$, `v` is $(\dots, n_k, d_v)$; the dots stand for any number
# of leading dimensions (none, batch, batch and heads …), the same in all three. The output is $(\dots, n_q, d_v)$, the
# weights are $(\dots, n_q, n_k)$, both with the dtype of `q`. Leave the caller's tensors as they were.
#
# **Masks** are boolean and say where attention is *allowed*: `True` means that this query may look at that key. (PyTorch's
# own functions disagree among themselves here; this is the meaning in `scaled_dot_product_attention`.) A mask may have any
# shape that broadcasts to that of the weights.
#
# **From scratch.** PyTorch's ready-made attention is closed; `torch.softmax`, `matmul`, `einsum` and the rest are open.

# %% [markdown]
# ## An example to follow by hand
#
# One query, three keys, $d_k = 4$:
#
# $$q = (2, 0, 0, 0), \quad k_1 = (1, 0, 0, 0), \quad k_2 = (0, 1, 0, 0), \quad k_3 = (1, 0, 1, 0), \quad v = (10, 20, 30).$$
#
# The products are $2, 0, 2$; divided by $\sqrt{4} = 2$ they are $1, 0, 1$. With $e \approx 2.718$ the weights are
# $(e, 1, e) / (2e + 1) = (0.422, 0.155, 0.422)$, and the output is
# $0.422 \cdot 10 + 0.155 \cdot 20 + 0.422 \cdot 30 = 20$.
#
# Now forbid the third key. What is left must again sum to one: $(e, 1, 0) / (e + 1) = (0.731, 0.269, 0)$, output
# $12.69$. Setting the third of the *old* weights to zero would leave a sum of $0.578$: the mask belongs before the softmax.

# %%
import math

import torch

q_small = torch.tensor([[2.0, 0, 0, 0]])
k_small = torch.tensor([[1.0, 0, 0, 0], [0, 1, 0, 0], [1, 0, 1, 0]])
v_small = torch.tensor([[10.0], [20.0], [30.0]])

# %% [markdown]
# ## 1. `attention(q, k, v, mask=None)`
#
# Return the pair `out, weights`. Beyond the formula, three things have to hold:
#
# - **Forbidden means zero.** The weight of a forbidden key is exactly $0$.
# - **A query with no allowed key** gets weights of $0$ and an output of $0$, not NaN. (It happens: a padded row in a batch.)
#   The gradient that flows back through such a row must be free of NaN as well.
# - **Half precision.** For `float16` inputs $q \cdot k$ can exceed $65\,504$, the largest number of that format, although
#   $q \cdot k / \sqrt{d_k}$ does not. The logits must not overflow on the way: divide first, or compute them in
#   `float32`.

# %% id="attention"
def attention(q, k, v, mask=None):
    """Scaled dot-product attention.

    q: (..., n_q, d_k), k: (..., n_k, d_k), v: (..., n_k, d_v).
    mask: None, or boolean and broadcastable to (..., n_q, n_k); True where attention is allowed.
    Returns out (..., n_q, d_v) and weights (..., n_q, n_k), with the dtype of q.
    """
    ### BEGIN SOLUTION
    wide = torch.float32 if q.dtype in (torch.float16, torch.bfloat16) else q.dtype
    logits = (q.to(wide) / math.sqrt(q.shape[-1])) @ k.to(wide).transpose(-2, -1)
    if mask is None:
        weights = torch.softmax(logits, dim=-1)
    else:
        # A finite stand-in keeps NaN out of a fully masked row and of its gradient; the second fill makes it exactly 0.
        logits = logits.masked_fill(~mask, torch.finfo(wide).min)
        weights = torch.softmax(logits, dim=-1).masked_fill(~mask, 0.0)
    return (weights @ v.to(wide)).to(q.dtype), weights.to(q.dtype)
    ### END SOLUTION


# %%
out, weights = attention(q_small, k_small, v_small)
print("weights", weights, "output", out)
out, weights = attention(q_small, k_small, v_small, torch.tensor([True, True, False]))
print("without the third key", weights, "output", out)

# %% [markdown]
# ## 2. `causal_mask(n)`
#
# A sequence that predicts itself may not look ahead: position $i$ may attend to positions $0, \dots, i$, itself included.
# Return a boolean tensor of shape $(n, n)$, queries along the rows. `n` is at least $1$.

# %% id="causal-mask"
def causal_mask(n):
    """Boolean (n, n): True where key j is not later than query i."""
    ### BEGIN SOLUTION
    return torch.ones(n, n, dtype=torch.bool).tril()
    ### END SOLUTION


# %%
print(causal_mask(4).int())

# %% [markdown]
# ## 3. `padding_mask(lengths)`
#
# Sequences of a batch are padded to the longest. Given their true lengths (a list or a one-dimensional integer tensor, the
# largest at least $1$, zeros allowed), return a boolean tensor of shape $(\text{batch}, 1, n)$ with $n = \max(\texttt{lengths})$: `True` at
# the keys $0, \dots, \texttt{length} - 1$. The dimension of size one lets it broadcast over the queries, and lets
# `padding_mask(lengths) & causal_mask(n)` give both at once, shape $(\text{batch}, n, n)$.

# %% id="padding-mask"
def padding_mask(lengths):
    """Boolean (batch, 1, n), n the largest length: True at the keys that are no padding."""
    ### BEGIN SOLUTION
    lengths = torch.as_tensor(lengths)
    return (torch.arange(int(lengths.max())) < lengths[:, None])[:, None, :]
    ### END SOLUTION


# %%
print(padding_mask([3, 1, 0]).int())

# %% [markdown]
# ## Where does it look?
#
# The next cell is used for checking: it sends a gradient back through your function. Below it, six positions attend causally
# to random keys; the upper right triangle must be empty.


# %% id="gradients"
def input_gradients(q, k, v, mask=None):
    """Gradients of the sum of squares of the output with respect to q, k and v."""
    leaves = [t.detach().clone().requires_grad_() for t in (q, k, v)]
    attention(*leaves, mask)[0].square().sum().backward()
    return tuple(leaf.grad for leaf in leaves)


# %%
import matplotlib.pyplot as plt

torch.manual_seed(0)
q, k, v = (torch.randn(6, 16) for _ in range(3))
_, weights = attention(q, k, v, causal_mask(6))
plt.figure(figsize=(3, 2.6))
plt.imshow(weights, cmap="viridis", vmin=0, vmax=1)
plt.xlabel("key")
plt.ylabel("query")
plt.colorbar(label="weight")
plt.show()
