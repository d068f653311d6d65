"""Each condition of the policy is taken out once; a test has to notice."""
