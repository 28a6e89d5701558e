using System.Text;
using ChatService.Data;

namespace ChatService.Tests;

/// <summary>Our table against the framework's, on machines that have one.</summary>
public sealed class LatinNamesTests
{
    [Fact]
    public void Every_letter_with_two_marks_is_the_name_that_Unicode_makes_of_it()
    {
        Assert.Equal(2, "é".Normalize(NormalizationForm.FormD).Length);
        char[] letters = [.. Enumerable.Range('A', 58).Concat(Enumerable.Range(0xC0, 0x190)).Concat(Enumerable.Range(0x1E00, 0x100)).Select(c => (char)c).Where(char.IsLetter), '\u212A', '\u212B'];
        string[] marks = ["", .. "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u0309\u030A\u030C\u0310\u031B\u0323\u0327\u0328\u0331\u0344\u0361".Select(mark => $"{mark}")];
        var names = 0;
        foreach (var letter in letters)
        {
            foreach (var (first, second) in marks.SelectMany(first => marks.Select(second => (first, second))))
            {
                var written = $"{letter}{first}{second}";
                var meant = written.Normalize();
                var name = Input.NormalizeUsername(written);
                Assert.True(name == (Input.NormalizeUsername(meant) is null ? null : meant), $"{written}: {name} instead of {meant}");
                if (name is not null) names++;
            }
        }

        Assert.True(names > 1_800, $"{names}");
    }
}
