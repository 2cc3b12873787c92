namespace CivicSense.Privacy;

/// <summary>Type names for messages: <c>Owned&lt;Int64&gt;</c> where reflection says <c>Owned`1</c>.</summary>
static class TypeNames
{
    public static string Of(Type type) => type.IsGenericType
        ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>"
        : type.Name;
}
