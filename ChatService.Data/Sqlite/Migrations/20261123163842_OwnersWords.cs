using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatService.Data.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class OwnersWords : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Whose message it is becomes a term of its own: a search walks its owner's entries, and no time tells of others'.
            DropWords(migrationBuilder);
            migrationBuilder.Sql("CREATE VIRTUAL TABLE message_words USING fts5(owner, terms, content='', tokenize='ascii')");
            migrationBuilder.Sql("INSERT INTO message_words (rowid, owner, terms) SELECT message_id, 'o' || owner_id, terms FROM indexed_messages ORDER BY message_id");
            migrationBuilder.Sql(
                """
                CREATE TRIGGER indexed_messages_inserted AFTER INSERT ON indexed_messages BEGIN
                    INSERT INTO message_words (rowid, owner, terms) VALUES (new.message_id, 'o' || new.owner_id, new.terms);
                END
                """);
            migrationBuilder.Sql(
                """
                CREATE TRIGGER indexed_messages_deleted AFTER DELETE ON indexed_messages BEGIN
                    INSERT INTO message_words (message_words, rowid, owner, terms) VALUES ('delete', old.message_id, 'o' || old.owner_id, old.terms);
                END
                """);
            migrationBuilder.Sql(
                """
                CREATE TRIGGER indexed_messages_updated AFTER UPDATE OF terms ON indexed_messages BEGIN
                    INSERT INTO message_words (message_words, rowid, owner, terms) VALUES ('delete', old.message_id, 'o' || old.owner_id, old.terms);
                    INSERT INTO message_words (rowid, owner, terms) VALUES (new.message_id, 'o' || new.owner_id, new.terms);
                END
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            DropWords(migrationBuilder);
            migrationBuilder.Sql("CREATE VIRTUAL TABLE message_words USING fts5(terms, content='', tokenize='ascii')");
            migrationBuilder.Sql("INSERT INTO message_words (rowid, terms) SELECT message_id, terms FROM indexed_messages ORDER BY message_id");
            migrationBuilder.Sql(
                """
                CREATE TRIGGER indexed_messages_inserted AFTER INSERT ON indexed_messages BEGIN
                    INSERT INTO message_words (rowid, terms) VALUES (new.message_id, new.terms);
                END
                """);
            migrationBuilder.Sql(
                """
                CREATE TRIGGER indexed_messages_deleted AFTER DELETE ON indexed_messages BEGIN
                    INSERT INTO message_words (message_words, rowid, terms) VALUES ('delete', old.message_id, old.terms);
                END
                """);
            migrationBuilder.Sql(
                """
                CREATE TRIGGER indexed_messages_updated AFTER UPDATE OF terms ON indexed_messages BEGIN
                    INSERT INTO message_words (message_words, rowid, terms) VALUES ('delete', old.message_id, old.terms);
                    INSERT INTO message_words (rowid, terms) VALUES (new.message_id, new.terms);
                END
                """);
        }

        private static void DropWords(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TRIGGER indexed_messages_inserted");
            migrationBuilder.Sql("DROP TRIGGER indexed_messages_deleted");
            migrationBuilder.Sql("DROP TRIGGER indexed_messages_updated");
            migrationBuilder.Sql("DROP TABLE message_words");
        }
    }
}
