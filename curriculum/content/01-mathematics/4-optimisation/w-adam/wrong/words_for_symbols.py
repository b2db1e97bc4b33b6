# rejects: Update and bias correction are given as formulae
# because: whoever knows gradient descent can follow words, and dollar signs are for papers

# %% [markdown] id="essay"
# ## The problem
#
# Gradient descent has one rate for all parameters. Where the cost is steep in one direction and flat in another, that
# rate must be small enough for the steep one, and the flat one waits. Gradients from a few examples make it worse: they
# are noisy, and in some models most entries are zero most of the time, so that a parameter whose feature is rare hardly
# ever learns. AdaGrad and RMSprop had answered with a rate for each parameter, momentum with an average over time. Adam,
# as Kingma and Ba present it, joins the two and asks for little memory: two more numbers for each parameter.
#
# ## The update
#
# Adam keeps two running averages of the gradient $g_t$, one of the gradient itself and one of its square:
#
# $$m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t, \qquad v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2 .$$
#
# It then moves each parameter by $-\eta\,\hat m_t / (\sqrt{\hat v_t} + \epsilon)$, where the hats stand for a correction
# that I come to next. Usual values are $\beta_1 = 0.9$ and $\beta_2 = 0.999$. Read the quotient as a question of trust.
# If the gradients of the last steps agree, numerator and root are of the same size and the parameter moves by about one
# rate. If they contradict each other, the average is small, the root is not, and the step shrinks. Because both scale
# alike, multiplying the whole cost by a thousand changes almost nothing.
#
# ## Bias correction
#
# Both averages begin at zero, so in the first steps they are too small. If the gradients come from one distribution, the
# expected value of the second average is the true second moment times one less the decay rate to the power of the step,
# since the weights of the terms add up to that and not to one. Dividing by it repairs both. What happens without it is
# not, as I had expected, a slow start. The numerator is too small by a factor of 0.1 at the first step, but the root in
# the denominator by the root of 0.001, which is 0.03. The steps become too long.
#
# ## My experiment
#
# I let Adam take ten steps on a quadratic cost with curvatures 1 and 25 and normal noise on the gradient, with and
# without the correction, and measured the longest step in units of the rate, for five seeds. With the correction it was
# 1.00 for seed 0 and never more than 1.01. Without, it was 6.07 for seed 0 and 6.17 for seed 4. The correction so keeps
# the promise of the paper, that a step is bounded by roughly the rate, exactly when the averages know least. The longest
# step without it is not the first, which is 3.16 rates long, but a later one: the numerator recovers within ten steps,
# the denominator needs a thousand.
#
# ## A criticism
#
# Reddi and others show that the proof of convergence in the paper has a gap, and build a convex problem, in one dimension,
# on which Adam goes to the worst point: large but rare gradients are forgotten too soon, because $v_t$ may shrink again.
# Their remedy, AMSGrad, keeps the largest $\hat v_t$ seen so far. Whether practice suffers from this is another question.
# Wilson and others report models in which adaptive methods fit the training data as well as plain stochastic descent,
# but generalise worse. Both say that the ease of a method that needs little tuning can have a price.
#
# ## Limits and sources
#
# My cost is quadratic, has two parameters, and ten steps say nothing about where the run ends; there the longer steps
# might even help. I tried one setting of both decay rates. I have not tested the claims about generalisation, which need
# real models. Sources: Kingma and Ba (2015), sections 2 and 3; Reddi, Kale and Kumar (2018), sections 3 and 4; Wilson
# and others (2017), section 4.
