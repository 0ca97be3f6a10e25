"""How good scores are, and better ones: points proposed, predictor trained, champion chosen."""
