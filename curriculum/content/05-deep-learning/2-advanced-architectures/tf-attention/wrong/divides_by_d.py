# rejects: Without a mask it equals PyTorch's attention
# rejects: The worked example comes out as by hand
# because: The scale is the number of dimensions. It is its square root: a sum of d terms spreads like √d.

# %% id="attention"
def attention(q, k, v, mask=None):
    wide = torch.float32 if q.dtype in (torch.float16, torch.bfloat16) else q.dtype
    logits = (q.to(wide) / q.shape[-1]) @ k.to(wide).transpose(-2, -1)
    if mask is None:
        weights = torch.softmax(logits, dim=-1)
    else:
        logits = logits.masked_fill(~mask, torch.finfo(wide).min)
        weights = torch.softmax(logits, dim=-1).masked_fill(~mask, 0.0)
    return (weights @ v.to(wide)).to(q.dtype), weights.to(q.dtype)
