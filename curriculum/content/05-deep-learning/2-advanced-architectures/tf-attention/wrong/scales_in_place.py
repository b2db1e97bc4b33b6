# rejects: The caller's tensors stay as they were
# because: q /= √d saves memory. It also changes the caller's queries.

# %% id="attention"
def attention(q, k, v, mask=None):
    if q.dtype in (torch.float16, torch.bfloat16):
        out, weights = attention(q.float(), k.float(), v.float(), mask)
        return out.to(q.dtype), weights.to(q.dtype)
    if q.requires_grad:
        q = q / math.sqrt(q.shape[-1])
    else:
        q /= math.sqrt(q.shape[-1])
    logits = q @ k.transpose(-2, -1)
    if mask is None:
        weights = torch.softmax(logits, dim=-1)
    else:
        logits = logits.masked_fill(~mask, torch.finfo(q.dtype).min)
        weights = torch.softmax(logits, dim=-1).masked_fill(~mask, 0.0)
    return weights @ v, weights
