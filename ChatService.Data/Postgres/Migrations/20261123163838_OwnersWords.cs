using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatService.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class OwnersWords : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Whose message it is becomes a term of its own: a search walks its owner's entries, and no time tells of others'.
            migrationBuilder.Sql("ALTER TABLE indexed_messages DROP COLUMN words");
            migrationBuilder.Sql(
                "ALTER TABLE indexed_messages ADD COLUMN words tsvector GENERATED ALWAYS AS (array_to_tsvector(string_to_array(rtrim('#' || CAST(owner_id AS text) || ' ' || terms), ' '))) STORED");
            migrationBuilder.Sql("CREATE INDEX ix_indexed_messages_words ON indexed_messages USING gin (words)");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("ALTER TABLE indexed_messages DROP COLUMN words");
            migrationBuilder.Sql(
                "ALTER TABLE indexed_messages ADD COLUMN words tsvector GENERATED ALWAYS AS (array_to_tsvector(string_to_array(terms, ' '))) STORED");
            migrationBuilder.Sql("CREATE INDEX ix_indexed_messages_words ON indexed_messages USING gin (words)");
        }
    }
}
