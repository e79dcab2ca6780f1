"""The page: findings, projects and documents beside their originals, on this machine only."""
