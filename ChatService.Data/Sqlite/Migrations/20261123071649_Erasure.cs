using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace ChatService.Data.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Erasure : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "erased_at",
                table: "users",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "erased_at",
                table: "conversations",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_users_erased_at",
                table: "users",
                column: "erased_at",
                filter: "erased_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_conversations_owner_id_erased_at",
                table: "conversations",
                columns: new[] { "owner_id", "erased_at" },
                filter: "erased_at IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_users_erased_at",
                table: "users");

            migrationBuilder.DropIndex(
                name: "IX_conversations_owner_id_erased_at",
                table: "conversations");

            migrationBuilder.DropColumn(
                name: "erased_at",
                table: "users");

            migrationBuilder.DropColumn(
                name: "erased_at",
                table: "conversations");
        }
    }
}
