"""What rules mean: evaluator, combiner, compiler, explainer."""
