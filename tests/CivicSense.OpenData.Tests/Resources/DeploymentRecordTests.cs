using System.Diagnostics;

namespace CivicSense.OpenData.Tests;

public sealed class DeploymentRecordTests
{
    const string Validator = """
        import json, sys, yaml, jsonschema
        record = yaml.safe_load(sys.stdin.read())
        schema = yaml.safe_load(open(sys.argv[1]))
        errors = [f"{'/'.join(map(str, e.path))}: {e.message}" for e in jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).iter_errors(record)]
        print('\n'.join(errors))
        """;

    [Fact]
    public async Task The_record_fits_the_schema_of_the_registry_read_as_YAML()
    {
        var schema = SharedFile(Path.Combine("data", "oracles", "dp-registry", "deployments-schema.yaml"));
        await using var node = await PublicNode.StartAsync();
        using var answer = await node.GetAsync("/api/v1/ledger/deployment");
        Assert.Equal("", await ValidateAsync(schema, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task The_record_states_what_the_plan_and_the_losses_state()
    {
        await using var node = await PublicNode.StartAsync();
        var plan = await node.GetJsonAsync("/api/v1/plan");
        var loss = (await node.GetJsonAsync("/api/v1/ledger/deployment"))
            .GetProperty("deployment").GetProperty("privacy_loss").GetProperty("privacy_parameters");
        Assert.Equal(plan.GetProperty("rho").GetDecimal(), loss.GetProperty("rho").GetDecimal());
        Assert.Equal(1.0, loss.GetProperty("epsilon").GetDouble());
        Assert.Equal(1e-6, loss.GetProperty("delta").GetDouble());
    }

    static async Task<string> ValidateAsync(string schema, string record)
    {
        const string python = "/usr/bin/python3";
        if (!File.Exists(python) || await RunAsync(python, ["-c", "import yaml, jsonschema"], "") is not (0, _))
            Assert.Skip("Python's yaml and jsonschema are not installed (python3-yaml, python3-jsonschema).");
        var (exitCode, said) = await RunAsync(python, ["-c", Validator, schema], record);
        Assert.True(exitCode == 0, said);
        return said.Trim();
    }

    static async Task<(int ExitCode, string Said)> RunAsync(string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }

    static string SharedFile(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder?.Parent is not null; folder = folder.Parent)
        {
            var shared = Path.Combine(folder.Parent.FullName, "shared");
            if (File.Exists(Path.Combine(shared, "DESIGN.md")) && File.Exists(Path.Combine(shared, name)))
                return Path.Combine(shared, name);
        }
        Assert.Skip("The registry's schema (../shared/data/oracles/dp-registry) is not here.");
        return "";
    }
}
