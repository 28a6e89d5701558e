using System.Collections.Frozen;

namespace ChatService.Data;

/// <summary>
/// French and English words that say nothing about what a message is about. Their indexed term begins with a zero, so that
/// neither a stem nor a folded accent ever meets them: été (stemmed in English) is not <c>et</c>, thé is not <c>the</c>.
/// </summary>
/// <remarks>Words that are content in the other language, such as <c>car</c>, <c>main</c> and <c>chat</c>, are left out on purpose.</remarks>
public static class CommonWords
{
    private const string French = """
        a à ai aie ait as au aucun aucune aussi autre autres aux avais avait avec avez avoir avons c ça ce ceci cela celle celles
        celui ces cet cette ceux chez comme comment d dans de des dois doit donc du elle elles en encore es est et étaient étais
        était êtes être etre eu fait faire faut il ils j je l la là le les leur leurs lui m ma mais me mes moi mon n ne ni nos notre
        nous on ont ou où par pas peu peut peux plus pour pourquoi qu quand que quel quelle quelles quels qui quoi s sa sans se ses si
        soit sommes son sont suis sur t ta te tes toi ton tous tout toute toutes très tu un une va vais vers vos votre vous y
        """;

    private const string English = """
        a about after again all also am an and any are as at be because been before being but by can could did didn do does doesn
        doing don down for from had has have having he her here him his how i if in into is isn it its just me more most my no nor not
        of on only or our out over own she should so some such than that the their them then there these they this those to too up us
        very was wasn we were what when where which while who whom whose why will with would you your
        """;

    private static readonly FrozenDictionary<string, CommonWord> _words = $"{French} {English}"
        .Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)
        .Distinct()
        .ToFrozenDictionary(word => word, word => new CommonWord(Folding.Fold(word), "0" + Folding.Fold(word)));

    private static readonly FrozenDictionary<string, CommonWord>.AlternateLookup<ReadOnlySpan<char>> _bySpan =
        _words.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Accents tell: <c>sur</c> is common, <c>sûr</c> is not.</summary>
    public static CommonWord? Find(ReadOnlySpan<char> lowerCase) => _bySpan.TryGetValue(lowerCase, out var word) ? word : null;
}

/// <param name="Text">Folded.</param>
/// <param name="Term">What the index holds.</param>
public sealed record CommonWord(string Text, string Term);
