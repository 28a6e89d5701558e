using System.Numerics.Tensors;
using ChatService.Data;
using Microsoft.Extensions.AI;

namespace ChatService.Tests;

public class SearchEmbedderTests
{
    [Fact]
    public async Task Embedder_is_a_generator_like_that_of_a_model()
    {
        using var embedder = new HashingEmbedder();
        var embeddings = await embedder.GenerateAsync(["la facture", "the invoice"]);
        Assert.Equal(2, embeddings.Count);
        Assert.All(embeddings, one => Assert.Equal((HashingEmbedder.Dimensions, HashingEmbedder.Model), (one.Vector.Length, one.ModelId)));
        Assert.Equal(HashingEmbedder.Embed("the invoice"), embeddings[1].Vector.ToArray());
        var metadata = Assert.IsType<EmbeddingGeneratorMetadata>(embedder.GetService(typeof(EmbeddingGeneratorMetadata)));
        Assert.Equal((HashingEmbedder.Model, HashingEmbedder.Dimensions), (metadata.DefaultModelId, metadata.DefaultModelDimensions));
    }

    [Fact]
    public async Task Cancelling_stops_the_embedder()
    {
        using var embedder = new HashingEmbedder();
        await Assert.ThrowsAsync<OperationCanceledException>(() => embedder.GenerateAsync(["a"], cancellationToken: new CancellationToken(true)));
    }

    [Fact]
    public void Vectors_have_length_one()
    {
        foreach (var text in HostileTexts.Make(seed: 5, count: 500).Where(text => Analyzer.Words(text).Count > 0))
            Assert.Equal(1, TensorPrimitives.Norm(HashingEmbedder.Embed(text)), 1e-5);
    }

    [Fact]
    public void Text_without_words_is_like_nothing() => Assert.Equal(0, Similarity("😀 !?", "la facture"));

    /// <summary>Stored vectors outlive the process. If this fails on purpose, change <see cref="HashingEmbedder.Model"/> as well.</summary>
    [Fact]
    public void Vectors_are_the_same_on_every_machine()
    {
        var vector = HashingEmbedder.Embed("Élève payée");
        var largest = Enumerable.Range(0, vector.Length).OrderByDescending(i => Math.Abs(vector[i])).ThenBy(i => i).Take(4);
        Assert.Equal(
            [(235, 0.5f), (70, -0.354f), (272, -0.354f), (8, 0.144f)],
            largest.Select(i => (i, MathF.Round(vector[i], 3))));
    }

    [Theory]
    [InlineData("facture payée", "payer les factures", "fracture du pied")]
    [InlineData("running shoes", "shoes to run", "shooting stars")]
    [InlineData("remboursement", "rembousrement", "renforcement")]
    [InlineData("train pour Brest", "TRAIN POUR BREST", "train pour Lyon")]
    [InlineData("la recette de la tarte", "recette tarte", "la couleur de la porte")]
    public void What_shares_words_is_nearer(string text, string near, string far) =>
        Assert.True(Similarity(text, near) > Similarity(text, far) + 0.1, $"{Similarity(text, near)} : {Similarity(text, far)}");

    private static float Similarity(string one, string other) => TensorPrimitives.Dot(HashingEmbedder.Embed(one), HashingEmbedder.Embed(other));
}
