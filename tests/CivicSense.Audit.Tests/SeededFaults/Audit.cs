namespace CivicSense.Audit.Tests.SeededFaults;

/// <summary>A test program and those of its classes that look for privacy bugs of one kind.</summary>
/// <param name="Program">The test project.</param>
/// <param name="Names">
/// Classes, methods or namespaces, as <see cref="Filter"/> says, each with a star before it; each must have tests. None stands for the
/// whole program.
/// </param>
sealed record Audit(string Program, params IReadOnlyList<string> Names)
{
    const string AuditTests = "CivicSense.Audit.Tests";
    const string PrivacyTests = "CivicSense.Privacy.Tests";
    const string ReleaseTests = "CivicSense.Release.Tests";
    const string IngestionTests = "CivicSense.Ingestion.Tests";

    /// <summary>The runner's option that the names go with.</summary>
    public string Filter { get; init; } = "-class";

    /// <summary>The clip and the budget: the norm bound of an owner-day, whatever the values.</summary>
    public static Audit NormBound { get; } = new(PrivacyTests, 
        "*.OwnerDayBudgetTests", "*.OwnerDayFilterTests", "*.OwnerDayMeasurementTests", "*.OwnerDayMechanismTests",
        "*.NeighbouringDaysTests");

    /// <summary>The law of the noise: exact probabilities against samples, and word for word against the proof.</summary>
    public static Audit NoiseLaw { get; } =
        new(PrivacyTests, "*.DiscreteGaussianTests", "*.DiscreteLaplaceTests", "*.ExactBernoulliTests", "*.RandomWordsTests");

    /// <summary>The accountant against high-precision arithmetic.</summary>
    public static Audit Accountant { get; } = new(
        PrivacyTests,
        "*.AdvancedCompositionTests", "*.ConvolutionTests", "*.GaussianAccountingTests", "*.GaussianCurveTests",
        "*.NormalTailEnclosureTests", "*.NormalTailTests", "*.PrivacyLossDistributionTests", "*.PrivacyLossTests", "*.RenyiCurveTests",
        "*.ZeroConcentratedAccountingTests");

    /// <summary>The interactive filters and odometers.</summary>
    public static Audit Filters { get; } = new(PrivacyTests, "*.AdaptiveCompositionTests", "*.OdometerTests", "*.PrivacyFilterTests");

    /// <summary>A whole day through the real release and database, with and without one household.</summary>
    public static Audit NeighbouringDays { get; } = new(ReleaseTests, "*.NeighbouringDaysTests");

    /// <summary>The release of one window, its sums and its noise.</summary>
    public static Audit WindowRelease { get; } = new(ReleaseTests, "*.WindowSumsTests", "*.WindowReleaseTests");

    /// <summary>The cycle: what is released when, and what becomes of late data, restarts and failures.</summary>
    public static Audit Schedule { get; } = new(ReleaseTests, "*.ReleaseCycleTests", "*.FailingStoreTests", "*.FixedLastWindowTests");

    /// <summary>The fence: cut-off releases and restored databases.</summary>
    public static Audit Fence { get; } =
        new(ReleaseTests, "*.CutOffReleaseTests", "*.RestoredDatabaseTests", "*.ReleaseFenceTests", "*.FenceRecordTests");

    /// <summary>What the plan is made of.</summary>
    public static Audit Plan { get; } = new(ReleaseTests, "*.PlanBuilderTests", "*.AreaMergingTests", "*.ReleaseOptionsTests");

    /// <summary>What becomes of readings on their way into contributions.</summary>
    public static Audit Readings { get; } =
        new(IngestionTests, "*.ContributionStripeTests", "*.AcceptanceTimeTests", "*.WindowGateTests", "*.IngestionStatisticsTests");

    /// <summary>That a window which was shut takes nothing more; without the tests that wait when it does.</summary>
    public static Audit WindowGate { get; } = new(
        IngestionTests, "*.Closed_window_takes_nothing_more_and_the_next_does",
        "*.Earlier_windows_are_closed_too_and_closing_an_older_one_opens_nothing")
    {
        Filter = "-method",
    };

    /// <summary>Record and replay of days with restarts, cut-off releases and restored backups.</summary>
    public static Audit ReplayOfIncidents { get; } = new(AuditTests, "*.Replay.IncidentTests");

    /// <summary>What a whole node publishes of the same and of neighbouring data.</summary>
    public static Audit PublishedKeys { get; } = new(AuditTests, "*.PublishedKeysTests");

    /// <summary>The logs of a whole node on neighbouring data, and that it has no metrics.</summary>
    public static Audit SideOutputs { get; } = new(AuditTests, "*.SideOutputsTests");

    /// <summary>Error messages about private things.</summary>
    public static Audit ErrorMessages { get; } = new(AuditTests, "*.ErrorMessageTests");

    /// <summary>What is tried where the audit that should catch a fault lets it pass: replay, and the programs as a whole.</summary>
    public static IReadOnlyList<Audit> LastResorts { get; } =
        [new(AuditTests, "*.Replay*") { Filter = "-namespace" }, new(ReleaseTests), new(PrivacyTests), new(IngestionTests)];

    /// <summary>Whether one of <see cref="Names"/> stands for a test.</summary>
    /// <param name="name">One of the names.</param>
    /// <param name="type">The full name of the test's class.</param>
    /// <param name="method">The test's method.</param>
    public bool Selects(string name, string type, string method) =>
        Filter == "-namespace"
            ? type.Contains(name.Trim('*') + ".", StringComparison.Ordinal)
            : (Filter == "-method" ? $"{type}.{method}" : type).EndsWith(name.TrimStart('*'), StringComparison.Ordinal);

    public override string ToString() =>
        Names.Count == 0 ? Program : $"{Program.Split('.')[1]}: {string.Join(", ", Names.Select(name => name.Trim('*', '.')))}";
}
