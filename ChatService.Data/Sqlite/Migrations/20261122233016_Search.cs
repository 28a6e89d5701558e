using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatService.Data.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Search : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "completion_sources",
                columns: table => new
                {
                    owner_id = table.Column<long>(type: "INTEGER", nullable: false),
                    completion_id = table.Column<long>(type: "INTEGER", nullable: false),
                    rank = table.Column<int>(type: "INTEGER", nullable: false),
                    message_id = table.Column<long>(type: "INTEGER", nullable: false),
                    score = table.Column<double>(type: "REAL", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_completion_sources", x => new { x.owner_id, x.completion_id, x.rank });
                    table.ForeignKey(
                        name: "FK_completion_sources_completions_owner_id_completion_id",
                        columns: x => new { x.owner_id, x.completion_id },
                        principalTable: "completions",
                        principalColumns: new[] { "owner_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_completion_sources_messages_owner_id_message_id",
                        columns: x => new { x.owner_id, x.message_id },
                        principalTable: "messages",
                        principalColumns: new[] { "owner_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "indexed_messages",
                columns: table => new
                {
                    owner_id = table.Column<long>(type: "INTEGER", nullable: false),
                    message_id = table.Column<long>(type: "INTEGER", nullable: false),
                    conversation_id = table.Column<long>(type: "INTEGER", nullable: false),
                    role = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    terms = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_indexed_messages", x => new { x.owner_id, x.message_id });
                    table.ForeignKey(
                        name: "FK_indexed_messages_messages_owner_id_message_id",
                        columns: x => new { x.owner_id, x.message_id },
                        principalTable: "messages",
                        principalColumns: new[] { "owner_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "message_embeddings",
                columns: table => new
                {
                    owner_id = table.Column<long>(type: "INTEGER", nullable: false),
                    message_id = table.Column<long>(type: "INTEGER", nullable: false),
                    model = table.Column<string>(type: "TEXT", nullable: false),
                    piece = table.Column<int>(type: "INTEGER", nullable: false),
                    start = table.Column<int>(type: "INTEGER", nullable: false),
                    length = table.Column<int>(type: "INTEGER", nullable: false),
                    vector = table.Column<byte[]>(type: "BLOB", nullable: false),
                    conversation_id = table.Column<long>(type: "INTEGER", nullable: false),
                    role = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_message_embeddings", x => new { x.owner_id, x.message_id, x.model, x.piece });
                    table.ForeignKey(
                        name: "FK_message_embeddings_messages_owner_id_message_id",
                        columns: x => new { x.owner_id, x.message_id },
                        principalTable: "messages",
                        principalColumns: new[] { "owner_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "pending_embeddings",
                columns: table => new
                {
                    owner_id = table.Column<long>(type: "INTEGER", nullable: false),
                    message_id = table.Column<long>(type: "INTEGER", nullable: false),
                    stamp = table.Column<Guid>(type: "TEXT", nullable: false),
                    rebuild = table.Column<bool>(type: "INTEGER", nullable: false),
                    due_at = table.Column<long>(type: "INTEGER", nullable: false),
                    claim = table.Column<Guid>(type: "TEXT", nullable: true),
                    failed = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_pending_embeddings", x => new { x.owner_id, x.message_id });
                    table.ForeignKey(
                        name: "FK_pending_embeddings_messages_owner_id_message_id",
                        columns: x => new { x.owner_id, x.message_id },
                        principalTable: "messages",
                        principalColumns: new[] { "owner_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "search_models",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false),
                    serving = table.Column<string>(type: "TEXT", nullable: false),
                    building = table.Column<string>(type: "TEXT", nullable: true),
                    walk = table.Column<string>(type: "TEXT", nullable: false),
                    walked_owner = table.Column<long>(type: "INTEGER", nullable: false),
                    walked_message = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_search_models", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_completion_sources_owner_id_message_id",
                table: "completion_sources",
                columns: new[] { "owner_id", "message_id" });

            migrationBuilder.CreateIndex(
                name: "IX_pending_embeddings_due_at",
                table: "pending_embeddings",
                column: "due_at");

            // The terms are in indexed_messages; what is written there is written here, in the same statement.
            migrationBuilder.Sql("CREATE VIRTUAL TABLE message_words USING fts5(terms, content='', tokenize='ascii')");
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

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "completion_sources");

            migrationBuilder.DropTable(
                name: "indexed_messages");

            migrationBuilder.Sql("DROP TABLE message_words");

            migrationBuilder.DropTable(
                name: "message_embeddings");

            migrationBuilder.DropTable(
                name: "pending_embeddings");

            migrationBuilder.DropTable(
                name: "search_models");
        }
    }
}
