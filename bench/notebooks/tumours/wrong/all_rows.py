# rejects: Shares are found bin by bin
# because: bins of equal width are not bins of equal count

# %% id="bins"
def share_by_bin(frame, column, flag, bins):
    return frame.groupby(pd.cut(frame[column], bins, labels=False))[flag].mean().to_numpy()
