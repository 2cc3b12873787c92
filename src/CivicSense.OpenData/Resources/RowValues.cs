namespace CivicSense.OpenData;

/// <summary>How the status of estimates is written in rows.</summary>
static class StatusName
{
    public static string Write(EstimateStatus status) => status == EstimateStatus.Final ? "final" : "live";

    /// <summary>What is computed from several estimates is final when all of them are.</summary>
    public static string Write(IEnumerable<Estimate> estimates) =>
        Write(estimates.All(estimate => estimate.Status == EstimateStatus.Final) ? EstimateStatus.Final : EstimateStatus.Live);
}

/// <summary>How numbers are written in rows.</summary>
static class RowNumber
{
    /// <summary>Four decimals: far below any uncertainty here.</summary>
    public static double Rounded(double value) => Math.Round(value, 4);

    /// <summary>Seven decimals are about a centimetre.</summary>
    public static double Degrees(double value) => Math.Round(value, 7);
}
