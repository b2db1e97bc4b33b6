# %% [markdown]
# # Adam, explained and criticised
#
# Read *Adam: a method for stochastic optimization* by Kingma and Ba (2015), above all sections 1 to 3. Then write
# **500 to 700 words** for somebody who knows gradient descent and momentum, but not Adam, and support them with **one
# small experiment of your own**.
#
# The text goes into the last cell, below headings that are there already. Use your own words; where you quote, say so.
#
# **How it is read.** A reviewer looks at four things: *accuracy* (are update and correction right, in symbols and in
# words?), *own words*, *experiment* (does it test what the text claims, over several seeds?) and *limits* (what does
# neither the paper nor your experiment show?). The pre-checks look only at what a program can see.

# %% [markdown]
# ## The experiment
#
# Take one claim about Adam that can fail: that the correction of the bias matters at the beginning, that the size of
# the gradient drops out, that it needs no tuned rate, … Compare at least two conditions, everything else equal.
#
# `experiment(seed)` gives a dict: the name of each condition, and the one number that was measured under it. The same
# seed must give the same numbers, so draw all chance from `np.random.default_rng(seed)`.

# %%
import numpy as np

# %% id="experiment"
def experiment(seed):
    """What was measured, as a float, for each condition by its name."""
    ### BEGIN SOLUTION
    return {"corrected": longest_step(seed, True), "uncorrected": longest_step(seed, False)}


def longest_step(seed, corrected, rate=0.01):
    """The longest of Adam's first ten steps, in units of the rate, on a noisy quadratic of curvatures 1 and 25."""
    rng = np.random.default_rng(seed)
    p, m, v, longest = np.ones(2), np.zeros(2), np.zeros(2), 0.0
    for t in range(1, 11):
        g = np.array([1.0, 25.0]) * p + rng.normal(size=2)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        a, b = (1 - 0.9**t, 1 - 0.999**t) if corrected else (1.0, 1.0)
        step = m / a / (np.sqrt(v / b) + 1e-8)
        longest = max(longest, float(np.abs(step).max()))
        p = p - rate * step
    return longest
    ### END SOLUTION

# %% [markdown]
# Let it run for at least three seeds and write `results.csv` with the columns `seed`, `condition` and `value`: one row
# for each seed and condition.

# %% id="results"
### BEGIN SOLUTION
with open("results.csv", "w") as file:
    file.write("seed,condition,value\n")
    for seed in range(5):
        for condition, found in experiment(seed).items():
            file.write(f"{seed},{condition},{found:.6g}\n")
            print(seed, condition, round(found, 2))
### END SOLUTION

# %% [markdown]
# ## The text
#
# Keep the six headings. Every part needs at least 40 words. Give the update and the correction as formulae between
# dollar signs, name at least two numbers of your experiment as they stand in `results.csv` (rounded as you like, to two
# digits or more), and name the works that you used.

# %% [markdown] id="essay"
# ## The problem
#
# ### BEGIN SOLUTION
# Gradient descent has one rate for all parameters. Where the cost is steep in one direction and flat in another, that
# rate must be small enough for the steep one, and the flat one waits. Gradients from a few examples make it worse: they
# are noisy, and in some models most entries are zero most of the time, so that a parameter whose feature is rare hardly
# ever learns. AdaGrad and RMSprop had answered with a rate for each parameter, momentum with an average over time. Adam,
# as Kingma and Ba present it, joins the two and asks for little memory: two more numbers for each parameter.
# ### END SOLUTION
#
# ## The update
#
# ### BEGIN SOLUTION
# Adam keeps two running averages of the gradient $g_t$, one of the gradient itself and one of its square:
#
# $$m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t, \qquad v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2 .$$
#
# It then moves each parameter by $-\eta\,\hat m_t / (\sqrt{\hat v_t} + \epsilon)$, where the hats stand for a correction
# that I come to next. Usual values are $\beta_1 = 0.9$ and $\beta_2 = 0.999$. Read the quotient as a question of trust.
# If the gradients of the last steps agree, numerator and root are of the same size and the parameter moves by about one
# rate. If they contradict each other, the average is small, the root is not, and the step shrinks. Because both scale
# alike, multiplying the whole cost by a thousand changes almost nothing.
# ### END SOLUTION
#
# ## Bias correction
#
# ### BEGIN SOLUTION
# Both averages begin at zero, so in the first steps they are too small. If the gradients come from one distribution,
# the expected value of $v_t$ is the true second moment times $1 - \beta_2^t$, since the weights of the terms add up to
# that and not to one. Dividing repairs it: $\hat m_t = m_t / (1 - \beta_1^t)$ and $\hat v_t = v_t / (1 - \beta_2^t)$.
# What happens without it is not, as I had expected, a slow start. The numerator is too small by a factor of 0.1 at the
# first step, but the root in the denominator by $\sqrt{0.001}$, which is 0.03. The steps become too long.
# ### END SOLUTION
#
# ## My experiment
#
# ### BEGIN SOLUTION
# I let Adam take ten steps on a quadratic cost with curvatures 1 and 25 and normal noise on the gradient, with and
# without the correction, and measured the longest step in units of the rate, for five seeds. With the correction it was
# 1.00 for seed 0 and never more than 1.01. Without, it was 6.07 for seed 0 and 6.17 for seed 4. The correction so keeps
# the promise of the paper, that a step is bounded by roughly the rate, exactly when the averages know least. The longest
# step without it is not the first, which is 3.16 rates long, but a later one: the numerator recovers within ten steps,
# the denominator needs a thousand.
# ### END SOLUTION
#
# ## A criticism
#
# ### BEGIN SOLUTION
# Reddi and others show that the proof of convergence in the paper has a gap, and build a convex problem, in one dimension,
# on which Adam goes to the worst point: large but rare gradients are forgotten too soon, because $v_t$ may shrink again.
# Their remedy, AMSGrad, keeps the largest $\hat v_t$ seen so far. Whether practice suffers from this is another question.
# Wilson and others report models in which adaptive methods fit the training data as well as plain stochastic descent,
# but generalise worse. Both say that the ease of a method that needs little tuning can have a price.
# ### END SOLUTION
#
# ## Limits and sources
#
# ### BEGIN SOLUTION
# My cost is quadratic, has two parameters, and ten steps say nothing about where the run ends; there the longer steps
# might even help. I tried one setting of both decay rates. I have not tested the claims about generalisation, which need
# real models. Sources: Kingma and Ba (2015), sections 2 and 3; Reddi, Kale and Kumar (2018), sections 3 and 4; Wilson
# and others (2017), section 4.
# ### END SOLUTION
