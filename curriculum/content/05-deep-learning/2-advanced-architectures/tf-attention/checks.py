"""Judges attention by its invariances, and against PyTorch's own function in double precision."""

import math

import torch
from torch.nn.functional import scaled_dot_product_attention

from grader.exam import check, expect, expect_close, expect_shape, expect_type, expect_unchanged

SHAPES = [((), 3, 3, 4, 4), ((), 2, 5, 8, 3), ((2,), 4, 3, 6, 5), ((2, 3), 3, 4, 4, 2)]
BUILDS = "Is attention right already? This builds on it."


def random(rng, *shape):
    return torch.from_numpy(rng.normal(size=shape))


def triple(rng, lead, n_q, n_k, d, d_v):
    """q, k, v in double precision."""
    return random(rng, *lead, n_q, d), random(rng, *lead, n_k, d), random(rng, *lead, n_k, d_v)


def allowed(rng, *shape):
    """A random mask that leaves each query at least one key."""
    mask = torch.from_numpy(rng.random(size=shape) < 0.6)
    mask[..., int(rng.integers(shape[-1]))] = True
    return mask


def reference(q, k, v, mask=None):
    """Output and weights by PyTorch's function: with an identity for values it gives the weights."""
    q, k, v = q.double(), k.double(), v.double()
    identity = torch.eye(k.shape[-2], dtype=torch.double).expand(*k.shape[:-1], k.shape[-2])
    return tuple(scaled_dot_product_attention(q, k, values, attn_mask=mask) for values in (v, identity))


def attend(learner, q, k, v, *mask):
    """The learner's output and weights, once they have their form."""
    answer = learner.attention(q, k, v, *mask)
    expect_type(answer, (tuple, list), "attention should return two things: out, weights")
    expect(len(answer) == 2, f"attention should return out and weights, but gave {len(answer)} things")
    shapes = (*q.shape[:-1], v.shape[-1]), (*q.shape[:-1], k.shape[-2])
    for name, value, shape in zip(("out", "weights"), answer, shapes, strict=True):
        expect_type(value, torch.Tensor, f"{name} should be a tensor")
        expect_shape(
            value,
            shape,
            f"with q, k, v of shapes {tuple(q.shape)}, {tuple(k.shape)}, {tuple(v.shape)}, {name} has the wrong shape",
        )
        expect(value.is_floating_point(), f"{name} should hold real numbers, not {value.dtype}")
    return tuple(answer)


def mask_of(value, shape, what, **inputs):
    """A mask of the learner's, once it is boolean and of this shape."""
    expect_type(value, torch.Tensor, f"{what} should return a tensor", **inputs)
    expect(value.dtype == torch.bool, f"{what} should be boolean, not {value.dtype}", **inputs)
    expect_shape(value, shape, f"{what} has the wrong shape", **inputs)
    return value


@check(
    points=3,
    title="Without a mask it equals PyTorch's attention",
    about="attention",
    hints=[
        "Swap the last two dimensions of k only: k.transpose(-2, -1).",
        "Divide by the root of q.shape[-1], then take the softmax along the keys, the last dimension.",
    ],
)
def equals_torch(learner, rng):
    for shape in SHAPES:
        q, k, v = triple(rng, *shape)
        out, weights = attend(learner, q, k, v)
        right_out, right_weights = reference(q, k, v)
        expect_close(weights, right_weights, "the weights differ", rtol=1e-5, atol=1e-6, q=q, k=k)
        expect_close(out, right_out, "the output differs", rtol=1e-5, atol=1e-6, q=q, k=k, v=v)


@check(
    points=1,
    title="Output and weights have the right shapes and dtype",
    about="attention",
    hints=["Leading dimensions stay as they are; .T would turn all of them round."],
)
def shapes_and_dtypes(learner, rng):
    for dtype in [torch.float32, torch.float64, torch.float16]:
        for shape in SHAPES:
            answer = attend(learner, *(t.to(dtype) for t in triple(rng, *shape)))
            for name, value in zip(("out", "weights"), answer, strict=True):
                expect(value.dtype == dtype, f"for {dtype} inputs {name} should be {dtype}, not {value.dtype}")


@check(
    points=1,
    title="The worked example comes out as by hand",
    about="attention",
    hints=["With d = 4 the products 2, 0, 2 become 1, 0, 1."],
)
def worked_example(learner):
    q = torch.tensor([[2.0, 0, 0, 0]])
    k = torch.tensor([[1.0, 0, 0, 0], [0, 1, 0, 0], [1, 0, 1, 0]])
    v = torch.tensor([[10.0], [20.0], [30.0]])
    out, weights = attend(learner, q, k, v)
    e = math.e
    expect_close(weights, [[e / (2 * e + 1), 1 / (2 * e + 1), e / (2 * e + 1)]], "the weights differ", rtol=1e-4)
    expect_close(out, [[20.0]], "the output differs", rtol=1e-4)
    out, weights = attend(learner, q, k, v, torch.tensor([True, True, False]))
    expect_close(weights, [[e / (e + 1), 1 / (e + 1), 0]], "without the third key the weights differ", rtol=1e-4)
    expect_close(out, [[10 + 10 / (e + 1)]], "without the third key the output differs", rtol=1e-4)


@check(
    points=1,
    title="Each query's weights are not negative and sum to one",
    about="attention",
    visible=False,
    hints=["Rows are queries, columns are keys: the softmax runs along dim=-1."],
)
def rows_sum_to_one(learner, rng):
    for lead, n_q, n_k, d, d_v in SHAPES:
        q, k, v = triple(rng, lead, n_q, n_k, d, d_v)
        for mask in [(), (allowed(rng, n_q, n_k),)]:
            _, weights = attend(learner, q, k, v, *mask)
            expect((weights >= 0).all(), "a weight is negative", q=q, k=k)
            expect_close(
                weights.sum(dim=-1), torch.ones(*lead, n_q), "the weights of a query should sum to 1", rtol=1e-5, q=q, k=k
            )


@check(
    points=3,
    title="Forbidden keys get exactly zero, the allowed ones share the whole",
    about="attention",
    visible=False,
    hints=[
        "Apply the mask to the logits, before the softmax.",
        "True means allowed: masked_fill needs the opposite, ~mask.",
    ],
)
def masked(learner, rng):
    for lead, n_q, n_k, d, d_v in SHAPES:
        q, k, v = triple(rng, lead, n_q, n_k, d, d_v)
        for mask in [allowed(rng, n_q, n_k), allowed(rng, n_k), allowed(rng, *lead, n_q, n_k)]:
            out, weights = attend(learner, q, k, v, mask)
            full = mask.expand(weights.shape)
            expect(
                (weights[~full] == 0).all(), "the weight of a forbidden key should be exactly 0", mask=mask, weights=weights
            )
            right_out, right_weights = reference(q, k, v, full)
            expect_close(
                weights, right_weights, "the weights of the allowed keys differ", rtol=1e-5, atol=1e-6, q=q, k=k, mask=mask
            )
            expect_close(out, right_out, "the output differs", rtol=1e-5, atol=1e-6, q=q, k=k, v=v, mask=mask)


@check(
    points=2,
    title="A query with no allowed key gets zeros, not NaN",
    about="attention",
    visible=False,
    hints=[
        "A row of nothing but -inf gives 0/0. A row of equal large negative numbers gives equal weights.",
        "Fill forbidden logits with a finite number, and set forbidden weights to 0 once more after the softmax.",
    ],
)
def nothing_allowed(learner, rng):
    for dtype, lead in [(torch.float64, ()), (torch.float32, (2,)), (torch.float16, ())]:
        q, k, v = (t.to(dtype) for t in triple(rng, lead, 3, 4, 4, 2))
        mask = allowed(rng, 3, 4)
        mask[1] = False
        out, weights = attend(learner, q, k, v, mask)
        inputs = {"mask": mask, "weights": weights, "out": out}
        expect((weights[..., 1, :] == 0).all(), f"query 1 may look at nothing: its weights should be 0 ({dtype})", **inputs)
        expect((out[..., 1, :] == 0).all(), f"query 1 may look at nothing: its output should be 0 ({dtype})", **inputs)
        expect(out.isfinite().all() and weights.isfinite().all(), "the other queries should stay finite", **inputs)
    q, k, v = triple(rng, (), 2, 3, 4, 2)
    out, _ = attend(learner, q, k, v, torch.zeros(2, 3, dtype=torch.bool))
    expect((out == 0).all(), "a mask without any True gives zeros everywhere", out=out)


@check(
    points=1,
    title="The gradient past such a query is free of NaN",
    about="attention",
    visible=False,
    hints=[
        "nan_to_num repairs the values, but the gradient still runs through the NaN.",
        "No NaN may arise on the way: use torch.finfo(dtype).min in place of -inf.",
    ],
)
def gradient_is_finite(learner, rng):
    q, k, v = triple(rng, (), 3, 4, 4, 2)
    mask = allowed(rng, 3, 4)
    mask[2] = False
    answer = learner.input_gradients(q, k, v, mask)
    expect_type(answer, (tuple, list), "input_gradients should return three tensors")
    leaves = [t.clone().requires_grad_() for t in (q, k, v)]
    reference(leaves[0][:2], leaves[1], leaves[2], mask[:2])[0].square().sum().backward()
    for name, value, leaf in zip("qkv", answer, leaves, strict=False):
        expect_type(value, torch.Tensor, f"no gradient arrives at {name}")
        message = f"the gradient with respect to {name} holds NaN or infinity"
        expect(value.isfinite().all(), message, mask=mask, gradient=value)
        expect_close(value, leaf.grad, f"the gradient with respect to {name} differs", rtol=1e-4, atol=1e-6, mask=mask)


@check(
    points=1,
    title="Keys and values may be reordered together",
    about="attention",
    visible=False,
    hints=["Nothing in the formula knows at which place a key stands."],
)
def permutation(learner, rng):
    for lead, n_q, n_k, d, d_v in SHAPES:
        q, k, v = triple(rng, lead, n_q, n_k, d, d_v)
        order = torch.from_numpy(rng.permutation(n_k))
        out, weights = attend(learner, q, k, v)
        moved_out, moved_weights = attend(learner, q, k[..., order, :], v[..., order, :])
        expect_close(moved_out, out, "reordering keys and values together changed the output", rtol=1e-5, atol=1e-6)
        expect_close(
            moved_weights, weights[..., order], "the weights should be reordered like the keys", rtol=1e-5, atol=1e-6
        )
    right, _ = reference(q, k, v)
    expect_close(out, right, "the output does not change, but it differs from what it should be", rtol=1e-5, atol=1e-6)


@check(
    points=2,
    title="Half precision does not overflow",
    about="attention",
    visible=False,
    hints=[
        "The largest float16 is 65 504. How large can q·k be before it is divided?",
        "Scale q first, or turn q and k into float32 for the logits.",
    ],
)
def half_precision(learner, rng):
    direction = torch.from_numpy(rng.choice([-1.0, 1.0], size=64))
    q = (50 * direction).half()[None]  # q·q is 160,000; divided by 8 it is 20,000
    k = torch.stack([0.5 * direction, direction, -direction]).half() * 50
    v = random(rng, 3, 2).half()
    for mask in [(), (torch.tensor([True, True, False]),)]:
        out, weights = attend(learner, q, k, v, *mask)
        expect(
            out.isfinite().all() and weights.isfinite().all(),
            "logits of 20 000 fit into float16, but NaN or infinity came out",
            weights=weights,
        )
        expect_close(weights, [[0.0, 1.0, 0.0]], "all weight belongs to the second key", rtol=0, atol=1e-3)
        expect_close(out, v[1:2], "the output should be the second value", rtol=2e-3, atol=2e-3)
    q, k, v = (t.half() for t in triple(rng, (2,), 4, 5, 16, 3))
    out, weights = attend(learner, q, k, v)
    right, _ = reference(q, k, v)
    expect_close(out, right, "the output in float16 is too far off", rtol=1e-2, atol=1e-2)


@check(
    points=1,
    title="causal_mask hides the future and nothing else",
    about="causal_mask",
    hints=["Row i is query i: True in the columns 0 to i.", "tril keeps the lower triangle with its diagonal."],
)
def causal(learner):
    for n in [1, 2, 5]:
        mask = mask_of(learner.causal_mask(n), (n, n), f"causal_mask({n})")
        right = [[j <= i for j in range(n)] for i in range(n)]
        expect_close(mask, right, f"causal_mask({n}) differs (1 is True)", rtol=0, atol=0)


@check(
    points=1,
    title="Changing a later token leaves earlier outputs as they were",
    about="causal_mask",
    visible=False,
    hints=["Query i may look at the keys 0 to i.", BUILDS],
)
def past_is_fixed(learner, rng):
    for lead, n in [((), 5), ((2, 2), 4)]:
        mask = mask_of(learner.causal_mask(n), (n, n), f"causal_mask({n})")
        x = random(rng, *lead, n, 8)
        before, _ = attend(learner, x, x, x, mask)
        for t in range(1, n):
            changed = x.clone()
            changed[..., t:, :] += 3 * random(rng, *lead, n - t, 8)
            after, _ = attend(learner, changed, changed, changed, mask)
            expect_close(
                after[..., :t, :],
                before[..., :t, :],
                f"tokens from place {t} on were changed, and an output before {t} moved",
                rtol=1e-6,
            )
            expect(
                not torch.allclose(after[..., t, :], before[..., t, :]), f"the output at the changed place {t} should move"
            )


@check(
    points=1,
    title="padding_mask marks the real keys",
    about="padding_mask",
    hints=["Compare torch.arange(n) with the lengths as a column.", "The shape is (batch, 1, n): keys come last."],
)
def padding(learner, rng):
    drawn = rng.integers(0, 6, size=4)
    drawn[int(rng.integers(4))] = 6
    for lengths in [[3, 1, 0], [2], torch.tensor([1, 4]), torch.from_numpy(drawn)]:
        numbers = [int(length) for length in lengths]
        shape = (len(numbers), 1, max(numbers))
        mask = mask_of(learner.padding_mask(lengths), shape, f"padding_mask({numbers})")
        right = [[[j < length for j in range(shape[2])]] for length in numbers]
        expect_close(mask, right, f"padding_mask({numbers}) differs (1 is True)", rtol=0, atol=0)


@check(
    points=1,
    title="What stands in the padding has no influence",
    about="padding_mask",
    visible=False,
    hints=["A sequence of length 3 has its keys at 0, 1, 2.", BUILDS],
)
def padding_is_ignored(learner, rng):
    lengths = [4, 2, 1]
    mask = mask_of(learner.padding_mask(lengths), (3, 1, 4), f"padding_mask({lengths})")
    q, k, v = triple(rng, (3,), 4, 4, 8, 2)
    before, _ = attend(learner, q, k, v, mask)
    for row, length in enumerate(lengths):
        k[row, length:] += 5
        v[row, length:] -= 7
    after, _ = attend(learner, q, k, v, mask)
    expect_close(after, before, "other keys and values in the padding changed the output", rtol=1e-6)
    for row, length in enumerate(lengths):
        alone, _ = reference(q[row], k[row, :length], v[row, :length])
        expect_close(
            after[row], alone, f"a sequence of length {length} should come out as without padding", rtol=1e-5, atol=1e-6
        )


@check(
    points=1,
    title="The caller's tensors stay as they were",
    about="attention",
    visible=False,
    hints=["Operations that end in _ and operators like /= change a tensor in place."],
)
def arguments_unchanged(learner, rng):
    for dtype in [torch.float32, torch.float16]:
        q, k, v = (t.to(dtype) for t in triple(rng, (2,), 3, 4, 4, 2))
        expect_unchanged(learner.attention, q, k, v)
        expect_unchanged(learner.attention, q, k, v, allowed(rng, 3, 4))
    expect_unchanged(learner.padding_mask, torch.tensor([2, 3]))
