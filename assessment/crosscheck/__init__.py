"""核算复核 and 一致性核对: the applicant's own figures against the recomputed ones, and chapter against chapter."""
