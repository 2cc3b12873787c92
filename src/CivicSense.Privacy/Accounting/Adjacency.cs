namespace CivicSense.Privacy;

/// <summary>Which two data sets the guarantee compares. In both, the public enrolment is the same. See docs/privacy/README.md.</summary>
public enum Adjacency
{
    /// <summary>All data of one owner on one day, present or absent.</summary>
    ZeroOut,

    /// <summary>
    /// All data of one owner on one day, replaced by any other data. It costs four times the rho of <see cref="ZeroOut"/>.
    /// </summary>
    ReplaceOne,
}
