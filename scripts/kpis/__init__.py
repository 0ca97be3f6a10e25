"""The KPI report: metrics of the published marts, with their intervals."""
