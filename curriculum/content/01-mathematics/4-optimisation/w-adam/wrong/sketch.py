# rejects: The text has its six parts
# rejects: The text has 500 to 700 words
# because: notes in key words are shorter to read, and the criticism can be left to the critics

# %% [markdown] id="essay"
# ## The problem
#
# One rate for all; noisy, sparse gradients.
#
# ## The update
#
# $m_t$ and $v_t$ are running averages with $\beta_1$ and $\beta_2$; step $-\eta\,m_t/\sqrt{v_t}$.
#
# ## Bias correction
#
# $1 - \beta^t$.
#
# ## My experiment
#
# Corrected: 1.00 to 1.01 rates. Uncorrected: 6.07 to 6.17.
