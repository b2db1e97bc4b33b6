# rejects: The gradient past such a query is free of NaN
# because: nan_to_num after the softmax repairs the row. The gradient still passes through the NaN.

# %% id="attention"
def attention(q, k, v, mask=None):
    wide = torch.float32 if q.dtype in (torch.float16, torch.bfloat16) else q.dtype
    logits = (q.to(wide) / math.sqrt(q.shape[-1])) @ k.to(wide).transpose(-2, -1)
    if mask is None:
        weights = torch.softmax(logits, dim=-1)
    else:
        logits = logits + torch.zeros_like(logits).masked_fill(~mask, float("-inf"))
        weights = torch.softmax(logits, dim=-1).nan_to_num(0.0)
    return (weights @ v.to(wide)).to(q.dtype), weights.to(q.dtype)
