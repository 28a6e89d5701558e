using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatService.Data.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class SecureDelete : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Else the index keeps the words of what is deleted, beside a mark, until it merges its parts.
            migrationBuilder.Sql("INSERT INTO message_words (message_words, rank) VALUES ('secure-delete', 1)");
            // What was deleted before goes with one great merge.
            migrationBuilder.Sql("INSERT INTO message_words (message_words) VALUES ('optimize')");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("INSERT INTO message_words (message_words, rank) VALUES ('secure-delete', 0)");
        }
    }
}
