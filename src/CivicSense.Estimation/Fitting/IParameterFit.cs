namespace CivicSense.Estimation;

/// <summary>Finds better parameters. A copy of what they are fitted to is taken when it is made, so it may run elsewhere.</summary>
interface IParameterFit
{
    /// <summary>Improves on some parameters. Deterministic.</summary>
    /// <param name="current">The parameters in use.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ModelParameters Run(ModelParameters current, CancellationToken cancellationToken);
}
