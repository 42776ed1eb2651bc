"""The review page: a small server over the last run's outputs and the judgements of reviewers."""
