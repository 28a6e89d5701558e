using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatService.Data.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class HalfPrecision : Migration
    {
        /// <summary>SQLite cannot convert the numbers, so the vectors are made anew.</summary>
        private const string Again = """
            DELETE FROM message_embeddings;
            DELETE FROM pending_embeddings;
            INSERT INTO pending_embeddings (owner_id, message_id, stamp, rebuild, due_at, failed)
            SELECT owner_id, message_id,
                hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-' || hex(randomblob(2)) || '-' || hex(randomblob(2)) || '-' || hex(randomblob(6)), 0, 0, 0
            FROM indexed_messages;
            """;

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(Again);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql(Again);
    }
}
